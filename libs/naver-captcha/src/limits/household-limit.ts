import { Inject, Injectable } from '@nestjs/common';

import type { CaptchaStore, CaptchaStoreTaking } from '../store/captcha-store.js';
import { CAPTCHA_STORE } from '../tokens.js';
import type { CaptchaRate } from '../types.js';
import { askStore } from './ask-store.js';
import { HashedNames } from './hashed-names.js';
import type { Household } from './household.js';

/** A network may have so many times as much as a household: people of one provider or company share it. */
const IPV4_NETWORK_SHARE = 16;
const IPV6_NETWORK_SHARE = 64;

/** How many times as much as a household the network may have. */
export function networkShare(network: string): number {
  return network.includes(':') ? IPV6_NETWORK_SHARE : IPV4_NETWORK_SHARE;
}

/** The limit that a household or its network has exceeded. */
export interface ExceededLimit {
  readonly of: 'household' | 'network';
  readonly limit: number;
  /** True if nothing was taken; false within the stretch of the limit. */
  readonly isRefused: boolean;
}

/** Limits how often a household, and the network around it, may have something within a time. */
@Injectable()
export class HouseholdLimit {
  constructor(
    @Inject(CAPTCHA_STORE) private readonly store: CaptchaStore,
    @Inject(HashedNames) private readonly names: HashedNames,
  ) {}

  /**
   * Takes once from household and network; a refusal by either takes nothing from the other.
   * @param stretch how many times the limit may be taken all the same, which is reported as exceeded
   * @returns the limit that is exceeded; undefined if neither is
   * @throws CaptchaUnavailableException if the store fails
   */
  async take(
    purpose: string,
    { household, network }: Pick<Household, 'household' | 'network'>,
    { limit, windowMs }: CaptchaRate,
    stretch = 1,
  ): Promise<ExceededLimit | undefined> {
    const limits = [
      { of: 'household', name: household, limit } as const,
      ...(network === undefined
        ? []
        : [{ of: 'network', name: network, limit: limit * networkShare(network) } as const]),
    ];
    const takings = await Promise.all(
      limits.map(async (one) => ({ ...one, ...(await this.#takeOne(purpose, one, windowMs, stretch)) })),
    );
    const refused = takings.find(({ taken }) => !taken);
    if (refused !== undefined) {
      const wrongly = takings.filter(({ taken }) => taken);
      await Promise.all(wrongly.map(({ stored }) => askStore(() => this.store.release(stored))));
      return { of: refused.of, limit: refused.limit, isRefused: true };
    }
    const [ofHousehold, ofNetwork] = takings;
    if (ofHousehold !== undefined && isExceeded(ofHousehold)) {
      // Its network has the share of each household within the limit: one that pays must not use it up alone.
      if (ofNetwork !== undefined) await askStore(() => this.store.release(ofNetwork.stored));
      return { of: 'household', limit: ofHousehold.limit, isRefused: false };
    }
    if (ofNetwork === undefined || !isExceeded(ofNetwork)) return undefined;
    return { of: 'network', limit: ofNetwork.limit, isRefused: false };
  }

  async #takeOne(
    purpose: string,
    { name, limit }: { readonly name: string; readonly limit: number },
    windowMs: number,
    stretch: number,
  ): Promise<CaptchaStoreTaking & { readonly stored: string }> {
    const stored = await this.names.nameOf(purpose, name);
    const taking = await askStore(() => this.store.take(stored, { limit: limit * stretch, ttlMs: windowMs }));
    return { stored, ...taking };
  }
}

function isExceeded({ count, limit }: { readonly count: number; readonly limit: number }): boolean {
  return count > limit;
}
