import { Inject, Injectable } from '@nestjs/common';

import { QuietLogger } from '../quiet-logger.js';
import type { CaptchaRate } from '../types.js';
import { clientOf, householdOf } from './household.js';
import { HouseholdLimit } from './household-limit.js';

/** As many as `issueLimit` grants by default: enough for people behind one address, too few for a robot. */
const ALLOWED: CaptchaRate = Object.freeze({ limit: 10, windowMs: 60_000 });

/** Limits how many requests of one household, and of the network around it, `onUnavailable: 'allow'` lets through in a minute of an outage. */
@Injectable()
export class Allowances {
  constructor(
    @Inject(HouseholdLimit) private readonly limit: HouseholdLimit,
    @Inject(QuietLogger) private readonly logger: QuietLogger,
  ) {}

  /**
   * Counts a request that is to be let through; those without an address share one count.
   * @returns false if its household, or the network around it, has used up its allowances
   * @throws CaptchaUnavailableException if the store fails
   */
  async take(address = ''): Promise<boolean> {
    const refused = await this.limit.take('allowed', householdOf(clientOf(address)), ALLOWED);
    if (refused === undefined) return true;
    this.logger.warn(
      `CAPTCHA_UNAVAILABLE: onUnavailable has let ${refused.limit} requests of one ${refused.of} through within a ` +
        'minute; its other requests get CAPTCHA_UNAVAILABLE until the minute is over.',
    );
    return false;
  }
}
