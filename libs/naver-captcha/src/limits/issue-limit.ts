import { Inject, Injectable } from '@nestjs/common';

import { CaptchaTooManyException } from '../errors.js';
import { NO_ASKER } from '../keys/captcha-keys.js';
import { CAPTCHA_OPTIONS } from '../tokens.js';
import type { ResolvedCaptchaOptions } from '../types.js';
import { BusiestAskers } from './busiest-askers.js';
import { HashedNames } from './hashed-names.js';
import { type Household, householdOf, standsForAnyone, toNetwork } from './household.js';
import { HouseholdLimit } from './household-limit.js';
import { WrongAnswers } from './wrong-answers.js';

const REFUSED_NETWORK_RETRY_SECONDS = 3600;

/** Limits how many challenges a household, and the network around it, may ask for (`issueLimit`). */
@Injectable()
export class IssueLimit {
  readonly #refusedNetworks: readonly ReturnType<typeof toNetwork>[];

  constructor(
    @Inject(HouseholdLimit) private readonly limit: HouseholdLimit,
    @Inject(HashedNames) private readonly names: HashedNames,
    @Inject(WrongAnswers) private readonly wrongAnswers: WrongAnswers,
    @Inject(BusiestAskers) private readonly busiest: BusiestAskers,
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
  ) {
    this.#refusedNetworks = options.refusedNetworks.map(toNetwork);
  }

  /**
   * Counts a challenge that a client asks for, or the comparison of a raw key.
   * @returns the tag of its household, for the key; zeros for an address behind which any number of visitors can be
   * @throws CaptchaTooManyException if the household or its network has used up `issueLimit`, if its network is refused,
   *   or if the household has given too many wrong answers
   */
  async take(by: string, purpose: 'issue' | 'compare-raw' = 'issue'): Promise<Buffer> {
    const asker = householdOf(by);
    const { household, network, address } = asker;
    const tag = await this.names.tagOf(household);
    if (network !== undefined) {
      this.busiest.count(await this.#shown(network), tag.toString('base64url'));
    }
    this.#assertNotRefused(address);
    if (standsForAnyone(asker)) {
      await this.#takeFromBoth(purpose, asker);
      return NO_ASKER;
    }
    await Promise.all([this.wrongAnswers.assertMayAsk(tag), this.#takeFromBoth(purpose, asker)]);
    return tag;
  }

  /** The hashes under which logs and events name an address. */
  async hashesOf(by: string): Promise<{ readonly household: string; readonly network: string | undefined }> {
    const { household, network } = householdOf(by);
    return {
      household: await this.#shown(household),
      network: network === undefined ? undefined : await this.#shown(network),
    };
  }

  async #shown(text: string): Promise<string> {
    return (await this.names.tagOf(text)).toString('base64url');
  }

  #assertNotRefused(address: Household['address']): void {
    const isRefused = this.#refusedNetworks.some(
      ([network, bits]) => address?.kind() === network.kind() && address.match(network, bits),
    );
    if (!isRefused) return;
    throw new CaptchaTooManyException({
      retryAfterSeconds: REFUSED_NETWORK_RETRY_SECONDS,
      detail: 'The address is in one of refusedNetworks.',
    });
  }

  async #takeFromBoth(purpose: string, household: Household): Promise<void> {
    const { issueLimit } = this.options;
    if (issueLimit === false) return;
    const refused = await this.limit.take(purpose, household, issueLimit);
    if (refused === undefined) return;
    this.busiest.report();
    const { windowMs } = issueLimit;
    const asked = `asked for more than ${refused.limit} challenges in ${windowMs} ms.`;
    throw new CaptchaTooManyException({
      retryAfterSeconds: Math.ceil(windowMs / 1000),
      detail: `The ${refused.of} ${asked}`,
    });
  }
}
