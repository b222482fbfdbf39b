import { Inject, Injectable } from '@nestjs/common';

import { CaptchaTooManyException } from '../errors.js';
import { CAPTCHA_OPTIONS } from '../tokens.js';
import type { ResolvedCaptchaOptions } from '../types.js';
import { BusiestAskers } from './busiest-askers.js';
import { HashedNames } from './hashed-names.js';
import { type Household, householdOf, toNetwork } from './household.js';
import { type ExceededLimit, HouseholdLimit } from './household-limit.js';

const REFUSED_NETWORK_RETRY_SECONDS = 3600;

/** Limits how many challenges a household, and the network around it, may ask for (`issueLimit`). */
@Injectable()
export class IssueLimit {
  readonly #refusedNetworks: readonly ReturnType<typeof toNetwork>[];

  constructor(
    @Inject(HouseholdLimit) private readonly limit: HouseholdLimit,
    @Inject(HashedNames) private readonly names: HashedNames,
    @Inject(BusiestAskers) private readonly busiest: BusiestAskers,
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
  ) {
    this.#refusedNetworks = options.refusedNetworks.map(toNetwork);
  }

  /**
   * Counts the comparison of a raw key.
   * @throws CaptchaTooManyException if the household or its network has used up `issueLimit`, or its network is refused
   */
  async takeRaw(by: string): Promise<void> {
    const { household } = await this.askerOf(by);
    const exceeded = await this.take('compare-raw', household);
    if (exceeded !== undefined) throw this.refusal(exceeded);
  }

  /**
   * Who asks: counted for `CAPTCHA_BUSIEST`.
   * @throws CaptchaTooManyException if its network is refused
   */
  async askerOf(by: string): Promise<{ readonly household: Household; readonly tag: Buffer }> {
    const household = householdOf(by);
    const { network, address } = household;
    const tag = await this.names.tagOf(household.household);
    if (network !== undefined) {
      this.busiest.count(await this.#shown(network), tag.toString('base64url'));
    }
    this.#assertNotRefused(address);
    return { household, tag };
  }

  /** Takes once from household and network. @param stretch how many times `issueLimit` may be taken all the same */
  async take(purpose: string, household: Household, stretch = 1): Promise<ExceededLimit | undefined> {
    const { issueLimit } = this.options;
    if (issueLimit === false) return undefined;
    const exceeded = await this.limit.take(purpose, household, issueLimit, stretch);
    if (exceeded !== undefined) this.busiest.report();
    return exceeded;
  }

  /** What a client that has exceeded `issueLimit` gets. */
  refusal({ of, limit }: ExceededLimit): CaptchaTooManyException {
    const { issueLimit } = this.options;
    const windowMs = issueLimit === false ? 0 : issueLimit.windowMs;
    return new CaptchaTooManyException({
      retryAfterSeconds: Math.ceil(windowMs / 1000),
      detail: `The ${of} asked for more than ${limit} challenges in ${windowMs} ms.`,
    });
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
}
