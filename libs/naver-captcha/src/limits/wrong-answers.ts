import { Inject, Injectable } from '@nestjs/common';

import { CaptchaTooManyException } from '../errors.js';
import { NO_ASKER } from '../keys/captcha-keys.js';
import { QuietLogger } from '../quiet-logger.js';
import type { CaptchaStore } from '../store/captcha-store.js';
import { CAPTCHA_OPTIONS, CAPTCHA_STORE } from '../tokens.js';
import type { ResolvedCaptchaOptions } from '../types.js';
import { releaseAmount, takeAmount } from './amounts.js';
import { askStore } from './ask-store.js';

const HOUR_MS = 3_600_000;
/** A wrong answer counts twice as much as a right one takes back, so that guessing at every other picture adds up. */
const WRONG = 2;
const RIGHT = 1;
/**
 * Two wrong answers more, and the answers to challenges that the household already holds are refused too: a visitor who holds
 * a picture can answer it, and hoarded pictures are worth little (bench/pressure).
 */
const HELD = 2 * WRONG;

/**
 * Counts wrong answers per household and hour, across its keys. They are charged to the household that asked for the
 * challenge, whose tag is in the key: no client can charge them to another household.
 */
@Injectable()
export class WrongAnswers {
  readonly #answersRefusedFrom: number;

  constructor(
    @Inject(CAPTCHA_STORE) private readonly store: CaptchaStore,
    @Inject(QuietLogger) private readonly logger: QuietLogger,
    @Inject(CAPTCHA_OPTIONS) { pressure }: ResolvedCaptchaOptions,
  ) {
    this.#answersRefusedFrom = pressure.refusedFrom + HELD;
  }

  /** Wrong answers of the household in this hour, counted twice, less the right ones. */
  async countOf(askerTag: Buffer): Promise<number> {
    return askStore(() => this.store.get(nameOf(askerTag)));
  }

  /** What a household gets that has given too many wrong answers. */
  refusal(askerTag: Buffer): CaptchaTooManyException {
    this.logger.warn(
      `CAPTCHA_WRONG: the household ${askerTag.toString('base64url')} has given too many wrong answers, so it gets no ` +
        'pictures and sounds until its hour is over. NaverCaptchaService.hashesOf(ip) tells whether an address is of it.',
      'CAPTCHA_WRONG: household',
    );
    return tooManyWrong();
  }

  /** @throws CaptchaTooManyException if the household has hoarded challenges to guess at */
  async assertMayAnswer(askerTag: Buffer): Promise<void> {
    if ((await this.countOf(askerTag)) >= this.#answersRefusedFrom) throw tooManyWrong();
  }

  /**
   * Counts an answer as wrong while it is compared, so that parallel guesses cannot pass below the limit.
   * @throws CaptchaTooManyException if they reach it; a failing store only leaves the answer uncounted
   */
  async begin(askerTag: Buffer): Promise<void> {
    if (askerTag.equals(NO_ASKER)) return;
    // Refused from that count on, whatever this answer adds to it.
    const limit = { limit: this.#answersRefusedFrom + WRONG - 1, ttlMs: HOUR_MS };
    let isTaken = true;
    try {
      ({ taken: isTaken } = await takeAmount(this.store, nameOf(askerTag), limit, WRONG));
    } catch {
      this.#warn();
    }
    if (!isTaken) throw tooManyWrong();
  }

  /** The answer was right: takes back what {@link begin} counted, and some of an earlier one. Never rejects. */
  async right(askerTag: Buffer): Promise<void> {
    await this.#release(askerTag, WRONG + RIGHT);
  }

  /** The answer was not compared: takes back what {@link begin}, whose promise is given, counted. Never rejects. */
  async notCompared(askerTag: Buffer, begun: Promise<void>): Promise<void> {
    const isCounted = await begun.then(
      () => true,
      () => false,
    );
    if (isCounted) await this.#release(askerTag, WRONG);
  }

  async #release(askerTag: Buffer, amount: number): Promise<void> {
    if (askerTag.equals(NO_ASKER)) return;
    try {
      await releaseAmount(this.store, nameOf(askerTag), amount);
    } catch {
      this.#warn();
    }
  }

  #warn(): void {
    this.logger.warn(
      'CAPTCHA_STORE: the captcha store failed while an answer was compared, so the count of wrong answers of its ' +
        'household may be off by one. Check the store.',
    );
  }
}

function nameOf(askerTag: Buffer): string {
  return `wrong:${askerTag.toString('base64url')}`;
}

function tooManyWrong(): CaptchaTooManyException {
  return new CaptchaTooManyException({
    retryAfterSeconds: HOUR_MS / 1000,
    detail: 'The household has given too many wrong answers in this hour.',
  });
}
