import { Inject, Injectable } from '@nestjs/common';

import type { CaptchaStore } from '../store/captcha-store.js';
import { CAPTCHA_STORE } from '../tokens.js';
import type { CaptchaRate } from '../types.js';
import { askStore } from './ask-store.js';
import { HashedNames } from './hashed-names.js';
import type { Household } from './household.js';

/** A network may have so many times as much as a household: people of one provider or company share it. */
const IPV4_NETWORK_SHARE = 16;
const IPV6_NETWORK_SHARE = 64;

/** Limits how often a household, and the network around it, may have something within a time. */
@Injectable()
export class HouseholdLimit {
  constructor(
    @Inject(CAPTCHA_STORE) private readonly store: CaptchaStore,
    @Inject(HashedNames) private readonly names: HashedNames,
  ) {}

  /**
   * Takes once from household and network; a refusal by either takes nothing from the other.
   * @returns the limit that refused; undefined if neither did
   * @throws CaptchaUnavailableException if the store fails
   */
  async take(
    purpose: string,
    { household, network }: Pick<Household, 'household' | 'network'>,
    rate: CaptchaRate,
  ): Promise<{ readonly of: 'household' | 'network'; readonly limit: number } | undefined> {
    if (network === undefined) {
      const { taken } = await this.#takeOne(purpose, household, rate);
      return taken ? undefined : { of: 'household', limit: rate.limit };
    }
    const share = network.includes(':') ? IPV6_NETWORK_SHARE : IPV4_NETWORK_SHARE;
    const networkRate = { windowMs: rate.windowMs, limit: rate.limit * share };
    const [ofHousehold, ofNetwork] = await Promise.all([
      this.#takeOne(purpose, household, rate),
      this.#takeOne(purpose, network, networkRate),
    ]);
    if (ofHousehold.taken && ofNetwork.taken) return undefined;
    const wrongly = [ofHousehold, ofNetwork].filter(({ taken }) => taken);
    await Promise.all(wrongly.map(({ name }) => askStore(() => this.store.release(name))));
    return ofHousehold.taken
      ? { of: 'network', limit: networkRate.limit }
      : { of: 'household', limit: rate.limit };
  }

  async #takeOne(
    purpose: string,
    householdOrNetwork: string,
    { limit, windowMs }: CaptchaRate,
  ): Promise<{ readonly name: string; readonly taken: boolean }> {
    const name = await this.names.nameOf(purpose, householdOrNetwork);
    const { taken } = await askStore(() => this.store.take(name, { limit, ttlMs: windowMs }));
    return { name, taken };
  }
}
