import { Inject, Injectable } from '@nestjs/common';

import { QuietLogger } from '../quiet-logger.js';
import type { CaptchaStore } from '../store/captcha-store.js';
import { CAPTCHA_STORE } from '../tokens.js';
import { askStore } from './ask-store.js';
import { HashedNames } from './hashed-names.js';
import { addressKey } from './household.js';

/** As many as `issueLimit` grants by default: enough for people behind one address, too few for a robot. */
const MAX_ALLOWANCES = 10;
const WINDOW_MS = 60_000;

/** Limits how many requests of one household `onUnavailable: 'allow'` lets through in a minute of an outage. */
@Injectable()
export class Allowances {
  constructor(
    @Inject(CAPTCHA_STORE) private readonly store: CaptchaStore,
    @Inject(HashedNames) private readonly names: HashedNames,
    @Inject(QuietLogger) private readonly logger: QuietLogger,
  ) {}

  /**
   * Counts a request that is to be let through; those without an address share one count.
   * @returns false if its household has used up its allowances
   * @throws CaptchaUnavailableException if the store fails
   */
  async take(address = ''): Promise<boolean> {
    const name = await this.names.nameOf('allowed', addressKey(address));
    const limit = { limit: MAX_ALLOWANCES, ttlMs: WINDOW_MS };
    const { taken } = await askStore(() => this.store.take(name, limit));
    if (!taken) {
      this.logger.warn(
        `CAPTCHA_UNAVAILABLE: onUnavailable has let ${MAX_ALLOWANCES} requests of one household through within a ` +
          'minute; its other requests get CAPTCHA_UNAVAILABLE until the minute is over.',
      );
    }
    return taken;
  }
}
