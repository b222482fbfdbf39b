import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Subject } from 'rxjs';

import type { CaptchaEvent } from '../events.js';
import { QuietLogger } from '../quiet-logger.js';
import { CAPTCHA_CLOCK, CAPTCHA_EVENTS } from '../tokens.js';
import type { CaptchaClock } from '../types.js';

const MINUTE_MS = 60_000;
/** More networks than this in one minute are no single source any more. */
const MAX_NETWORKS = 10_000;
/** Enough to tell a flood from one household. */
const MAX_HOUSEHOLDS = 100;
const SHOWN = 3;

interface Counted {
  challenges: number;
  readonly households: Set<string>;
}

/** Counts challenges per network in this process, so that the operator learns who uses up a limit or the day's quota. */
@Injectable()
export class BusiestAskers {
  readonly #networks = new LRUCache<string, Counted>({ max: MAX_NETWORKS });
  #minute = -1;
  #reportedMinute = -1;

  constructor(
    @Inject(CAPTCHA_CLOCK) private readonly clock: CaptchaClock,
    @Inject(CAPTCHA_EVENTS) private readonly events: Subject<CaptchaEvent>,
    @Inject(QuietLogger) private readonly logger: QuietLogger,
  ) {}

  /** Counts a challenge that was asked for, refused ones included. */
  count(networkTag: string, householdTag: string): void {
    this.#startMinute();
    const counted = this.#networks.get(networkTag) ?? { challenges: 0, households: new Set<string>() };
    counted.challenges += 1;
    if (counted.households.size < MAX_HOUSEHOLDS) counted.households.add(householdTag);
    this.#networks.set(networkTag, counted);
  }

  /** Reports the busiest networks of this minute, at most once a minute. */
  report(): void {
    this.#startMinute();
    if (this.#reportedMinute === this.#minute || this.#networks.size === 0) return;
    this.#reportedMinute = this.#minute;
    const networks = [...this.#networks.entries()]
      .sort(([, one], [, other]) => other.challenges - one.challenges)
      .slice(0, SHOWN)
      .map(([network, { challenges, households }]) => ({
        network,
        challenges,
        households: households.size,
      }));
    const list = networks.map(
      ({ network, challenges, households }) =>
        `${network} (${challenges} challenges by ${households} households)`,
    );
    this.logger.warn(
      `CAPTCHA_BUSIEST: limits are being reached. Busiest networks of this minute, by hash: ${list.join(', ')}. ` +
        'Find their addresses in the access log with hashesOf(ip), and refuse them with refusedNetworks.',
    );
    this.events.next({ type: 'busiest', networks });
  }

  #startMinute(): void {
    const minute = Math.floor(this.clock.now() / MINUTE_MS);
    if (minute === this.#minute) return;
    this.#minute = minute;
    this.#networks.clear();
  }
}
