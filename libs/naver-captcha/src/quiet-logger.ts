import { Inject, Injectable, Logger } from '@nestjs/common';

import { spanClock } from './span-clock.js';
import { CAPTCHA_CLOCK } from './tokens.js';
import type { CaptchaClock } from './types.js';

/** A line is written at most once in this time, so that an outage or an attack does not fill the disk. */
const QUIET_MS = 60_000;

/** Writes to Nest's log, the same line at most once a minute. */
@Injectable()
export class QuietLogger {
  readonly #logger = new Logger('NaverCaptcha');
  readonly #loggedAt = new Map<string, number>();
  readonly #warnedOnce = new Set<string>();
  readonly #spanMs: () => number;

  constructor(@Inject(CAPTCHA_CLOCK) clock: CaptchaClock) {
    this.#spanMs = spanClock(clock);
  }

  error(line: string): void {
    if (this.#isDue(line)) this.#logger.error(line);
  }

  /** @param topic what is written at most once a minute: the line itself, unless a client decides what the line says */
  warn(line: string, topic = line): void {
    if (this.#isDue(topic)) this.#logger.warn(line);
  }

  /** Writes a line once in the life of the process. */
  warnOnce(line: string): void {
    if (this.#warnedOnce.has(line)) return;
    this.#warnedOnce.add(line);
    this.#logger.warn(line);
  }

  #isDue(line: string): boolean {
    const now = this.#spanMs();
    if (now - (this.#loggedAt.get(line) ?? -Infinity) < QUIET_MS) return false;
    // There are few different lines, so this happens rarely; it lets some lines repeat early.
    if (this.#loggedAt.size >= 100) this.#loggedAt.clear();
    this.#loggedAt.set(line, now);
    return true;
  }
}
