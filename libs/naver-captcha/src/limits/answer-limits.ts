import { Inject, Injectable } from '@nestjs/common';

import type { Comparison } from '../engines/captcha-engine.js';
import type { OpenedKey } from '../keys/captcha-keys.js';
import { Attempts } from './attempts.js';
import { OpenChallenges } from './open-challenges.js';
import { WrongAnswers } from './wrong-answers.js';

/** What is counted around one answer: attempts at the key, the day's quota, wrong answers of the household. */
@Injectable()
export class AnswerLimits {
  constructor(
    @Inject(Attempts) private readonly attempts: Attempts,
    @Inject(WrongAnswers) private readonly wrongAnswers: WrongAnswers,
    @Inject(OpenChallenges) private readonly open: OpenChallenges,
  ) {}

  /**
   * Takes one attempt at a key.
   * @returns which attempt it is, from 1; undefined if none is left
   * @throws CaptchaTooManyException if the household guesses at hoarded challenges
   */
  async take(key: OpenedKey): Promise<number | undefined> {
    const [attempt] = await Promise.all([
      this.attempts.take(key),
      this.wrongAnswers.assertMayAnswer(key.askerTag),
    ]);
    return attempt;
  }

  /** Runs a comparison, and counts it beside. */
  async comparing(key: OpenedKey, attempt: number, compare: () => Promise<Comparison>): Promise<Comparison> {
    const [comparison] = await Promise.all([compare(), this.open.answered(key, attempt)]);
    if (comparison.result === 'wrong') await this.wrongAnswers.record(key.askerTag, false);
    return comparison;
  }

  /** Gives back an attempt that an outage took; at most twice a key. */
  async giveBack(key: OpenedKey): Promise<void> {
    await this.attempts.giveBack(key);
  }

  /** Records that a key passed. @returns false if it had passed before */
  async pass(key: OpenedKey, { isRight }: { readonly isRight: boolean }): Promise<boolean> {
    const [isFirst] = await Promise.all([
      this.attempts.pass(key),
      isRight ? this.wrongAnswers.record(key.askerTag, true) : undefined,
    ]);
    return isFirst;
  }
}
