import { Inject, Injectable } from '@nestjs/common';

import type { Comparison } from '../engines/captcha-engine.js';
import { CaptchaUnavailableException } from '../errors.js';
import { NO_ASKER, type OpenedKey } from '../keys/captcha-keys.js';
import { Attempts } from './attempts.js';
import { IssueLimit } from './issue-limit.js';
import { OpenChallenges } from './open-challenges.js';
import { WrongAnswers } from './wrong-answers.js';

/** What is counted around one answer: attempts at the key, the day's quota, wrong answers of the household. */
@Injectable()
export class AnswerLimits {
  constructor(
    @Inject(Attempts) private readonly attempts: Attempts,
    @Inject(WrongAnswers) private readonly wrongAnswers: WrongAnswers,
    @Inject(OpenChallenges) private readonly open: OpenChallenges,
    @Inject(IssueLimit) private readonly issueLimit: IssueLimit,
  ) {}

  /**
   * Takes one attempt at a key.
   * @returns which attempt it is, from 1; undefined if none is left
   * @throws CaptchaTooManyException if the household has given too many wrong answers, or guesses at too many raw keys
   */
  async take(key: OpenedKey, by?: () => string): Promise<number | undefined> {
    // A client can make up raw keys, each of which would cost a call. It gets no challenge to limit instead.
    if (isRaw(key) && by !== undefined) await this.issueLimit.takeRaw(by());
    if (key.askerTag.equals(NO_ASKER)) return this.attempts.take(key);
    const permission = this.wrongAnswers.assertMayAnswer(key.askerTag);
    // Awaited below; until then a rejection must not end the process as an unhandled one.
    permission.catch(() => undefined);
    const attempt = await this.attempts.take(key);
    try {
      await permission;
    } catch (thrown) {
      // A visitor who is told CAPTCHA_UNAVAILABLE may answer again.
      if (thrown instanceof CaptchaUnavailableException && attempt !== undefined) {
        await this.attempts.giveBack(key).catch(() => undefined);
      }
      throw thrown;
    }
    return attempt;
  }

  /**
   * Counts a comparison while it is under way, and its result.
   * @throws CaptchaTooManyException, whatever the result, if the household guesses at many challenges at once
   */
  async comparing(key: OpenedKey, attempt: number, comparing: Promise<Comparison>): Promise<Comparison> {
    // Only NAVER counts its calls.
    const counting = key.engine === 'naver' ? this.open.answered(key, attempt) : undefined;
    if (key.askerTag.equals(NO_ASKER)) {
      const comparison = await comparing;
      await counting;
      return comparison;
    }
    const permission = this.wrongAnswers.begin(key.askerTag);
    permission.catch(() => undefined);
    let result: Comparison['result'] | undefined;
    try {
      const comparison = await comparing;
      ({ result } = comparison);
      await Promise.all([counting, permission]);
      return comparison;
    } finally {
      // A right answer takes it back where it passes.
      if (result !== 'wrong' && result !== 'right')
        await this.wrongAnswers.notCompared(key.askerTag, permission);
    }
  }

  /** Gives back an attempt that an outage took; at most twice a key. */
  async giveBack(key: OpenedKey): Promise<void> {
    await this.attempts.giveBack(key);
  }

  /** Records that a key passed. @returns false if it had passed before */
  async pass(key: OpenedKey, { isRight }: { readonly isRight: boolean }): Promise<boolean> {
    const counting = isRight ? this.wrongAnswers.right(key.askerTag) : undefined;
    const isFirst = await this.attempts.pass(key);
    await counting;
    return isFirst;
  }
}

/** A raw key does not contain its end. */
function isRaw({ expiresAtMs }: OpenedKey): boolean {
  return expiresAtMs === undefined;
}
