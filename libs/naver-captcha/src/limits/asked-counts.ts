import { Inject, Injectable } from '@nestjs/common';

import { CAPTCHA_OPTIONS, CAPTCHA_STORE } from '../tokens.js';
import type { CaptchaStore } from '../store/captcha-store.js';
import type { ResolvedCaptchaOptions } from '../types.js';
import { askStore } from './ask-store.js';
import { HashedNames } from './hashed-names.js';
import type { Household } from './household.js';
import { networkShare } from './household-limit.js';

const HOUR = { limit: Number.MAX_SAFE_INTEGER, ttlMs: 3_600_000 };

/** A challenge counted for a household. */
export interface CountedAsking {
  /** Challenges of the household in this hour, this one included. */
  readonly asked: number;
  /** Whether the network around it got more in this hour than its share. */
  readonly isNetworkBusy: boolean;
  /** The challenge is not made after all. */
  takeBack(): Promise<void>;
}

/** Counts the challenges of each household, and of the network around it, for an hour. They set the price of the next one. */
@Injectable()
export class AskedCounts {
  constructor(
    @Inject(CAPTCHA_STORE) private readonly store: CaptchaStore,
    @Inject(HashedNames) private readonly names: HashedNames,
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
  ) {}

  async count({ household, network }: Household): Promise<CountedAsking> {
    const { free } = this.options.pressure;
    const around = network === undefined ? [] : [network];
    const names = await Promise.all([household, ...around].map((asker) => this.names.nameOf('asked', asker)));
    const [asked = 0, ofNetwork = 0] = await Promise.all(names.map((name) => this.#countUp(name)));
    // Its network counts no more of a household than is free: one that asks often must not raise its neighbours' price.
    const [counted, beyondFree] = asked > free ? [names.slice(0, 1), names.slice(1)] : [names, []];
    await this.#countDown(beyondFree);
    return {
      asked,
      isNetworkBusy: network !== undefined && ofNetwork > free * networkShare(network),
      takeBack: () => this.#countDown(counted),
    };
  }

  async #countUp(name: string): Promise<number> {
    return (await askStore(() => this.store.take(name, HOUR))).count;
  }

  async #countDown(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => askStore(() => this.store.release(name))));
  }
}
