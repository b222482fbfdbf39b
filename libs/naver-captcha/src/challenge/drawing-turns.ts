import { setImmediate } from 'node:timers/promises';

import { Inject, Injectable } from '@nestjs/common';

import { CaptchaUnavailableException } from '../errors.js';
import { QuietLogger } from '../quiet-logger.js';

/** A picture takes about 15 ms of the main thread, so the last of them waits about a second. */
const MAX_WAITING = 64;

/**
 * Lets the standby draw one picture or sound per turn of the event loop, because drawing blocks it: the application
 * serves its other requests between two drawings, however many clients ask for challenges.
 */
@Injectable()
export class DrawingTurns {
  #waiting = 0;
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(@Inject(QuietLogger) private readonly logger: QuietLogger) {}

  /** @throws CaptchaUnavailableException if too many drawings wait */
  async run<T>(draw: () => Promise<T>): Promise<T> {
    if (this.#waiting >= MAX_WAITING) throw this.#tooMany();
    this.#waiting += 1;
    const turn = this.#lastTurn.then(() => setImmediate());
    this.#lastTurn = turn;
    await turn;
    this.#waiting -= 1;
    return draw();
  }

  #tooMany(): CaptchaUnavailableException {
    const detail =
      'More pictures and sounds of the standby are asked for than this process can make, so some visitors do not get ' +
      'theirs. Lower issueLimit, or run more processes.';
    this.logger.warn(`CAPTCHA_UNAVAILABLE: ${detail}`);
    return new CaptchaUnavailableException({ origin: 'standby', detail });
  }
}
