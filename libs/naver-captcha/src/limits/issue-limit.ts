import { Inject, Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';

import { CaptchaTooManyException } from '../errors.js';
import type { CaptchaStore } from '../store/captcha-store.js';
import { CAPTCHA_OPTIONS, CAPTCHA_STORE } from '../tokens.js';
import type { CaptchaRate, ResolvedCaptchaOptions } from '../types.js';
import { askStore } from './ask-store.js';
import { BusiestAskers } from './busiest-askers.js';
import { HashedNames } from './hashed-names.js';
import { householdOf, toAddress } from './household.js';
import { WrongAnswers } from './wrong-answers.js';

/** A network may ask for so many times as much as a household: people of one provider or company share it. */
const IPV4_NETWORK_SHARE = 16;
const IPV6_NETWORK_SHARE = 64;
const REFUSED_NETWORK_RETRY_SECONDS = 3600;

/** Limits how many challenges a household, and the network around it, may ask for (`issueLimit`). */
@Injectable()
export class IssueLimit {
  readonly #refusedNetworks: readonly (readonly [ipaddr.IPv4 | ipaddr.IPv6, number])[];

  constructor(
    @Inject(CAPTCHA_STORE) private readonly store: CaptchaStore,
    @Inject(HashedNames) private readonly names: HashedNames,
    @Inject(WrongAnswers) private readonly wrongAnswers: WrongAnswers,
    @Inject(BusiestAskers) private readonly busiest: BusiestAskers,
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
  ) {
    this.#refusedNetworks = options.refusedNetworks.map((network) => ipaddr.parseCIDR(network));
  }

  /**
   * Counts a challenge that a client asks for.
   * @returns the tag of its household, for the key
   * @throws CaptchaTooManyException if the household or its network has used up `issueLimit`, if its network is refused,
   *   or if the household has given too many wrong answers
   */
  async take(by: string): Promise<Buffer> {
    const { household, network } = householdOf(by);
    const tag = await this.names.tagOf(household);
    if (network !== undefined) {
      this.busiest.count(await this.#shown(network), tag.toString('base64url'));
    }
    this.#assertNotRefused(by);
    const { issueLimit } = this.options;
    await Promise.all([
      this.wrongAnswers.assertMayAsk(tag),
      issueLimit === false ? undefined : this.#takeBoth(household, network, issueLimit),
    ]);
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

  #assertNotRefused(by: string): void {
    const address = this.#refusedNetworks.length === 0 ? undefined : toAddress(by);
    const isRefused = this.#refusedNetworks.some(
      ([network, bits]) => address?.kind() === network.kind() && address.match(network, bits),
    );
    if (!isRefused) return;
    throw new CaptchaTooManyException({
      retryAfterSeconds: REFUSED_NETWORK_RETRY_SECONDS,
      detail: 'The address is in one of refusedNetworks.',
    });
  }

  /** Takes from household and network; a refusal by either takes nothing from the other. */
  async #takeBoth(household: string, network: string | undefined, rate: CaptchaRate): Promise<void> {
    const share = network?.includes(':') === true ? IPV6_NETWORK_SHARE : IPV4_NETWORK_SHARE;
    const takings = await Promise.all([
      this.#takeOne(household, rate, 1),
      network === undefined ? undefined : this.#takeOne(network, rate, share),
    ]);
    const taken = takings.filter((taking) => taking?.taken === true);
    if (taken.length === takings.filter((taking) => taking !== undefined).length) return;
    await Promise.all(taken.map((taking) => askStore(() => this.store.release(taking?.name ?? ''))));
    this.busiest.report();
    const { limit, windowMs } = rate;
    throw new CaptchaTooManyException({
      retryAfterSeconds: Math.ceil(windowMs / 1000),
      detail: takings[0].taken
        ? `The network asked for more than ${limit * share} challenges in ${windowMs} ms.`
        : `More than ${limit} challenges were asked for in ${windowMs} ms.`,
    });
  }

  async #takeOne(
    householdOrNetwork: string,
    { limit, windowMs }: CaptchaRate,
    share: number,
  ): Promise<{ readonly name: string; readonly taken: boolean }> {
    const name = await this.names.nameOf('issue', householdOrNetwork);
    const { taken } = await askStore(() => this.store.take(name, { limit: limit * share, ttlMs: windowMs }));
    return { name, taken };
  }
}
