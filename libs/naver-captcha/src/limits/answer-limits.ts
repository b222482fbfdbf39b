import { Inject, Injectable } from '@nestjs/common';

import type { Comparison } from '../engines/captcha-engine.js';
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
   * @throws CaptchaTooManyException if the household guesses at hoarded challenges, or at too many raw keys
   */
  async take(key: OpenedKey, by?: () => string): Promise<number | undefined> {
    // A client can make up raw keys, each of which would cost a call. It gets no challenge to limit instead.
    if (isRaw(key) && by !== undefined) await this.issueLimit.take(by(), 'compare-raw');
    if (key.askerTag.equals(NO_ASKER)) return this.attempts.take(key);
    const [attempt] = await Promise.all([
      this.attempts.take(key),
      this.wrongAnswers.assertMayAnswer(key.askerTag),
    ]);
    return attempt;
  }

  /** Counts a comparison while it is under way, and its result. */
  async comparing(key: OpenedKey, attempt: number, comparing: Promise<Comparison>): Promise<Comparison> {
    // Only NAVER counts its calls.
    const counting = key.engine === 'naver' ? this.open.answered(key, attempt) : undefined;
    const comparison = await comparing;
    await counting;
    if (comparison.result === 'wrong') await this.wrongAnswers.record(key.askerTag, false);
    return comparison;
  }

  /** Gives back an attempt that an outage took; at most twice a key. */
  async giveBack(key: OpenedKey): Promise<void> {
    await this.attempts.giveBack(key);
  }

  /** Records that a key passed. @returns false if it had passed before */
  async pass(key: OpenedKey, { isRight }: { readonly isRight: boolean }): Promise<boolean> {
    const counting = isRight ? this.wrongAnswers.record(key.askerTag, true) : undefined;
    const isFirst = await this.attempts.pass(key);
    await counting;
    return isFirst;
  }
}

/** A raw key does not contain its end. */
function isRaw({ expiresAtMs }: OpenedKey): boolean {
  return expiresAtMs === undefined;
}
