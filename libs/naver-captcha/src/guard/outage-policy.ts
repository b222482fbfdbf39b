import { Inject, Injectable } from '@nestjs/common';

import { type CaptchaUnavailableException, nameOf } from '../errors.js';
import { Allowances } from '../limits/allowances.js';
import { QuietLogger } from '../quiet-logger.js';
import { CAPTCHA_OPTIONS } from '../tokens.js';
import type { ResolvedCaptchaOptions } from '../types.js';
import type { GuardedCall } from './captcha-requirement.js';

/** Decides whether a call is let through while NAVER cannot be asked (`onUnavailable`). */
@Injectable()
export class OutagePolicy {
  constructor(
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
    @Inject(Allowances) private readonly allowances: Allowances,
    @Inject(QuietLogger) private readonly logger: QuietLogger,
  ) {}

  /** @throws CaptchaUnavailableException if the store, which counts the allowances, fails */
  async allows(call: GuardedCall, outage: CaptchaUnavailableException): Promise<boolean> {
    if (!(await this.#isWanted(call, outage))) return false;
    return this.allowances.take(call.kind?.address(call.context));
  }

  async #isWanted(
    { context, requirement }: GuardedCall,
    outage: CaptchaUnavailableException,
  ): Promise<boolean> {
    const { onUnavailable = this.options.onUnavailable } = requirement;
    if (typeof onUnavailable !== 'function') return onUnavailable === 'allow';
    try {
      return (await onUnavailable(outage, context)) === 'allow';
    } catch (thrown) {
      this.logger.warn(`onUnavailable threw, so the request is rejected: ${nameOf(thrown)}`);
      return false;
    }
  }
}
