import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Subject } from 'rxjs';

import type { BusiestEvent, CaptchaEvent } from '../events.js';
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
  /** Challenges by household; those of further households are not told apart. */
  readonly households: Map<string, number>;
}

type Minute = LRUCache<string, Counted>;

function newMinute(): Minute {
  return new LRUCache({ max: MAX_NETWORKS });
}

/** Counts challenges per network in this process, so that the operator learns who uses up a limit or the day's quota. */
@Injectable()
export class BusiestAskers {
  #networks = newMinute();
  /** A limit is often reached at the start of a minute, when its own counts do not show yet who uses it up. */
  #lastMinute = newMinute();
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
    const counted = this.#networks.get(networkTag) ?? {
      challenges: 0,
      households: new Map<string, number>(),
    };
    counted.challenges += 1;
    const ofHousehold = counted.households.get(householdTag);
    if (ofHousehold !== undefined || counted.households.size < MAX_HOUSEHOLDS) {
      counted.households.set(householdTag, (ofHousehold ?? 0) + 1);
    }
    this.#networks.set(networkTag, counted);
  }

  /** Reports the busiest networks of this minute and the last one, at most once a minute. */
  report(): void {
    this.#startMinute();
    if (this.#reportedMinute === this.#minute) return;
    this.#reportedMinute = this.#minute;
    const networks = [...new Set([...this.#networks.keys(), ...this.#lastMinute.keys()])]
      .map((network) => this.#countsOf(network))
      .sort((one, other) => other.challenges - one.challenges)
      .slice(0, SHOWN);
    if (networks.length === 0) return;
    const list = networks.map(
      ({ network, challenges, households, busiestHousehold: busiest }) =>
        `${network} (challenges: ${challenges}, households: ${households}, busiest household: ${busiest.household} with ` +
        `${busiest.challenges})`,
    );
    this.logger.warn(
      `CAPTCHA_BUSIEST: limits are being reached. Busiest networks of this minute and the last one, by hash: ${list.join(', ')}. ` +
        'Find their addresses in the access log with hashesOf(ip), and refuse them with refusedNetworks.',
    );
    this.events.next({ type: 'busiest', networks });
  }

  #countsOf(network: string): BusiestEvent['networks'][number] {
    const minutes = [this.#networks.get(network), this.#lastMinute.get(network)];
    const households = new Map<string, number>();
    for (const [household, challenges] of minutes.flatMap((counted) => [...(counted?.households ?? [])])) {
      households.set(household, (households.get(household) ?? 0) + challenges);
    }
    const [busiest] = [...households].sort(([, one], [, other]) => other - one);
    return {
      network,
      challenges: minutes.reduce((sum, counted) => sum + (counted?.challenges ?? 0), 0),
      households: households.size,
      busiestHousehold: { household: busiest?.[0] ?? '', challenges: busiest?.[1] ?? 0 },
    };
  }

  #startMinute(): void {
    const minute = Math.floor(this.clock.now() / MINUTE_MS);
    if (minute === this.#minute) return;
    this.#lastMinute = minute === this.#minute + 1 ? this.#networks : newMinute();
    this.#networks = newMinute();
    this.#minute = minute;
  }
}
