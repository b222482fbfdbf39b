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
   * @throws CaptchaTooManyException if the household guesses at hoarded challenges, or at too many raw keys
   */
  async take(key: OpenedKey, by?: () => string): Promise<number | undefined> {
    // A client can make up raw keys, each of which would cost a call. It gets no challenge to limit instead.
    if (isRaw(key) && by !== undefined) await this.issueLimit.take(by(), 'compare-raw');
    if (key.askerTag.equals(NO_ASKER)) return this.attempts.take(key);
    const counting = this.wrongAnswers.begin(key.askerTag);
    // Awaited below; until then a rejection must not end the process as an unhandled one.
    counting.catch(() => undefined);
    let attempt: number | undefined;
    try {
      attempt = await this.attempts.take(key);
    } finally {
      if (attempt === undefined) await counting.then(() => this.#notCompared(key));
    }
    if (attempt !== undefined) await this.#orGiveBack(key, counting);
    return attempt;
  }

  /** Counts a comparison while it is under way, and its result. */
  async comparing(key: OpenedKey, attempt: number, comparing: Promise<Comparison>): Promise<Comparison> {
    const counting = this.open.answered(key, attempt);
    const comparison = await comparing;
    await counting;
    const { result } = comparison;
    if (result !== 'wrong' && result !== 'right') await this.#notCompared(key);
    return comparison;
  }

  /**
   * The answer was not compared.
   * @param givesBack whether the attempt is given back; at most twice a key
   */
  async fail(key: OpenedKey, { givesBack }: { readonly givesBack: boolean }): Promise<void> {
    await this.#notCompared(key);
    if (givesBack) await this.attempts.giveBack(key);
  }

  /** Records that a key passed. @returns false if it had passed before */
  async pass(key: OpenedKey, { isRight }: { readonly isRight: boolean }): Promise<boolean> {
    const counting = this.wrongAnswers.takeBack(key.askerTag, { isRight });
    const isFirst = await this.attempts.pass(key);
    await counting;
    return isFirst;
  }

  /** A visitor who is told CAPTCHA_UNAVAILABLE may answer again. */
  async #orGiveBack(key: OpenedKey, counting: Promise<void>): Promise<void> {
    try {
      await counting;
    } catch (thrown) {
      if (thrown instanceof CaptchaUnavailableException) {
        await this.attempts.giveBack(key).catch(() => undefined);
      }
      throw thrown;
    }
  }

  #notCompared(key: OpenedKey): Promise<void> {
    return this.wrongAnswers.takeBack(key.askerTag, { isRight: false });
  }
}

/** A raw key does not contain its end. */
function isRaw({ expiresAtMs }: OpenedKey): boolean {
  return expiresAtMs === undefined;
}
