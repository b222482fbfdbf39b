import { Inject, Injectable } from '@nestjs/common';

import { CaptchaUnavailableException } from '../errors.js';
import { CAPTCHA_OPTIONS } from '../tokens.js';
import type { ResolvedCaptchaOptions } from '../types.js';

/** Of maxSockets. The other calls take milliseconds, and need few sockets. */
const SHARE = 3 / 4;
/** More would only lengthen the queue: the last in it would give up anyway. */
const MAX_WAITING = 256;

/**
 * Lets pictures and sounds use at most three quarters of the sockets to NAVER, so that challenges are still issued and answers
 * compared while NAVER sends media slowly.
 */
@Injectable()
export class FetchTurns {
  readonly #limit: number;
  readonly #timeoutMs: number;
  /** The longest wait first. */
  readonly #waiting = new Set<() => void>();
  #running = 0;

  constructor(@Inject(CAPTCHA_OPTIONS) { maxSockets, timeoutMs }: ResolvedCaptchaOptions) {
    this.#limit = Math.max(1, Math.floor(maxSockets * SHARE));
    this.#timeoutMs = timeoutMs;
  }

  /** @throws CaptchaUnavailableException if other fetches hold all places for `timeoutMs` */
  async run<T>(fetch: () => Promise<T>): Promise<T> {
    if (this.#running < this.#limit) this.#running += 1;
    else await this.#place();
    try {
      return await fetch();
    } finally {
      this.#leave();
    }
  }

  async #place(): Promise<void> {
    if (this.#waiting.size >= MAX_WAITING) throw tooFast();
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(begin);
        reject(tooFast());
      }, this.#timeoutMs).unref();
      const begin = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#waiting.add(begin);
    });
  }

  /** The place goes to the next that waits. */
  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#running -= 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}

function tooFast(): CaptchaUnavailableException {
  return new CaptchaUnavailableException({
    origin: 'too-fast',
    detail:
      'Other pictures and sounds hold their share of maxSockets, so this one was not fetched. Raise maxSockets.',
  });
}
