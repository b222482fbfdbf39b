import { Inject, Injectable } from '@nestjs/common';
import type { Subject } from 'rxjs';

import { CaptchaInvalidException, CaptchaWorkRequiredException, withoutStack } from '../errors.js';
import type { CaptchaEvent } from '../events.js';
import { type CaptchaKeys, NO_ASKER, type OpenedToll } from '../keys/captcha-keys.js';
import { CAPTCHA_CLOCK, CAPTCHA_EVENTS, CAPTCHA_KEYS } from '../tokens.js';
import type { CaptchaAnswer, CaptchaClock, CaptchaPressure, CaptchaToll } from '../types.js';
import { parseAnswer } from './answer.js';
import { Engines } from './engines.js';

/** The dearest toll takes a cheap phone 15 s. */
const TOLL_LIFETIME_SECONDS = 120;

/** Makes tolls, and checks what pages pay. A toll is not bound to an address, which changes between Wi-Fi and LTE. */
@Injectable()
export class TollMaker {
  constructor(
    @Inject(Engines) private readonly engines: Engines,
    @Inject(CAPTCHA_KEYS) private readonly keys: CaptchaKeys,
    @Inject(CAPTCHA_CLOCK) private readonly clock: CaptchaClock,
    @Inject(CAPTCHA_EVENTS) private readonly events: Subject<CaptchaEvent>,
  ) {}

  /** Whether the application can ask for tolls at all. */
  get isUsed(): boolean {
    return this.engines.work !== undefined;
  }

  /**
   * The toll that a page pays; whether it was paid before is not known yet.
   * @throws CaptchaInvalidException if the toll is forged, or not solved
   */
  async open(payment: CaptchaAnswer): Promise<OpenedToll> {
    const answer = parseAnswer(payment);
    const toll = answer && (await this.keys.openToll(answer.key));
    if (toll !== undefined && this.engines.work?.isSolution(toll.payload, answer?.value ?? '') === true) {
      return toll;
    }
    throw withoutStack(
      () =>
        new CaptchaInvalidException({ detail: 'The toll is not of this application, or it is not solved.' }),
    );
  }

  /** The exception for a page that has to pay first. */
  async demand(
    level: number,
    pressure: CaptchaPressure,
    action: string | undefined,
  ): Promise<CaptchaWorkRequiredException> {
    const toll = await this.#make(level, pressure);
    this.events.next({ type: 'toll', level, pressure, action });
    return withoutStack(
      () => new CaptchaWorkRequiredException({ detail: `A toll of level ${level} is asked for.`, toll }),
    );
  }

  async #make(level: number, pressure: CaptchaPressure): Promise<CaptchaToll> {
    const { work } = this.engines;
    if (work === undefined) throw new Error('Raw keys have no tolls.');
    const { payload, puzzle } = await work.issueToll(level);
    const key = await this.keys.create({
      engine: 'work',
      kind: 'toll',
      payload,
      pressure,
      price: level,
      askerTag: NO_ASKER,
      expiresAtMs: this.clock.now() + TOLL_LIFETIME_SECONDS * 1000,
    });
    return { level, key, puzzle, expiresInSeconds: TOLL_LIFETIME_SECONDS };
  }
}
