import { Inject, Injectable } from '@nestjs/common';

import { nameOf } from '../errors.js';
import { QuietLogger } from '../quiet-logger.js';
import type { CaptchaStore, CaptchaStoreLimit, CaptchaStoreTaking } from '../store/captcha-store.js';
import { CAPTCHA_STORE } from '../tokens.js';
import type { CaptchaRate } from '../types.js';
import { askStore } from './ask-store.js';
import { HashedNames } from './hashed-names.js';

/** Whose failures are counted: an account, an address. */
export interface CaptchaFailureKey {
  /** Any text; only a keyed hash of it is stored. Prefix it by what it is, so that kinds do not meet: `account:kim`. */
  readonly key: string;
  /**
   * Whether a success resets the failure count. Right for an account; never for an address, or an attacker's own
   * log-in would reset it.
   * @default false
   */
  readonly clearOnSuccess?: boolean | undefined;
}

/** A try that counts as failed from before it is made; if its end never becomes known, the count stands. */
export interface CountedTry {
  /** True if a key was at its limit before, or could not be counted: a captcha is required. */
  readonly demanded: boolean;
  /** True if the next try needs a captcha, should this one fail. */
  readonly last: boolean;
  /** The try did not fail: takes the count back. */
  takeBack(): Promise<void>;
  /** The try succeeded: takes the count back, and resets the failure counts of keys with `clearOnSuccess`. */
  succeed(): Promise<void>;
}

/** Counts failed tries in the store, which all processes share. */
@Injectable()
export class Failures {
  constructor(
    @Inject(CAPTCHA_STORE) private readonly store: CaptchaStore,
    @Inject(HashedNames) private readonly names: HashedNames,
    @Inject(QuietLogger) private readonly logger: QuietLogger,
  ) {}

  /** Counts a try as failed before it is made, so that parallel guesses cannot pass below the limit. */
  async begin(keys: readonly CaptchaFailureKey[], { limit, windowMs }: CaptchaRate): Promise<CountedTry> {
    const names = await this.#namesOf(keys);
    const takings = await Promise.all(names.map((name) => this.#take(name, { limit, ttlMs: windowMs })));
    const taken = names.filter((_, at) => takings[at]?.taken === true);
    const takeBack = async (): Promise<void> => {
      await Promise.all(taken.map((name) => askStore(() => this.store.release(name))));
    };
    return {
      demanded: taken.length < names.length,
      last: takings.some(({ count }) => count >= limit),
      takeBack,
      succeed: async () => {
        await takeBack();
        await this.clear(keys);
      },
    };
  }

  /** Returns true if a key is at its limit. */
  async isDemanded(keys: readonly CaptchaFailureKey[], { limit }: CaptchaRate): Promise<boolean> {
    const names = await this.#namesOf(keys);
    const counts = await Promise.all(names.map((name) => askStore(() => this.store.get(name))));
    return counts.some((count) => count >= limit);
  }

  /** Resets the failure counts of the keys with `clearOnSuccess`. */
  async clear(keys: readonly CaptchaFailureKey[]): Promise<void> {
    const names = await this.#namesOf(keys.filter(({ clearOnSuccess }) => clearOnSuccess === true));
    await Promise.all(names.map((name) => askStore(() => this.store.delete(name))));
  }

  /** A store that is full refuses to count more; then each try needs a captcha, and no log-in is closed. */
  async #take(name: string, limit: CaptchaStoreLimit): Promise<CaptchaStoreTaking> {
    try {
      return await this.store.take(name, limit);
    } catch (thrown) {
      this.logger.warn(
        `CAPTCHA_STORE: the captcha store could not count a try (${nameOf(thrown)}), so the captcha is required. ` +
          'Check the store.',
      );
      return { taken: false, count: limit.limit };
    }
  }

  async #namesOf(keys: readonly CaptchaFailureKey[]): Promise<string[]> {
    const unique = new Set(keys.map(({ key }) => key));
    return Promise.all([...unique].map((key) => this.names.nameOf('failure', key)));
  }
}
