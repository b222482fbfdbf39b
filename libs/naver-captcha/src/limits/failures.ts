import { Inject, Injectable } from '@nestjs/common';

import type { CaptchaStore } from '../store/captcha-store.js';
import { CAPTCHA_STORE } from '../tokens.js';
import type { CaptchaRate } from '../types.js';
import { askStore } from './ask-store.js';
import { PersonalNames } from './hashed-names.js';

/** Whose failures are counted: an account, an address. */
export interface CaptchaFailureKey {
  /** Any text; only a keyed hash of it is stored. Prefix it by what it is, so that kinds do not meet: `account:kim`. */
  readonly key: string;
  /**
   * Whether a success forgets the failures. Right for an account; never for an address, or an attacker's own log-in
   * would clear it.
   * @default false
   */
  readonly clearOnSuccess?: boolean | undefined;
}

/** A try that was counted as failed before its end is known; where that never becomes known, the count stands. */
export interface CountedTry {
  /** Some key was at its limit before: a captcha is demanded. */
  readonly demanded: boolean;
  /** Should this try fail, the next will be asked for a captcha. */
  readonly last: boolean;
  /** It did not fail: takes the count back. */
  takeBack(): Promise<void>;
  /** It succeeded: takes the count back, and forgets the failures of keys that say so. */
  succeed(): Promise<void>;
}

/** Counts failed tries in the store, so that they hold on many machines. */
@Injectable()
export class Failures {
  constructor(
    @Inject(CAPTCHA_STORE) private readonly store: CaptchaStore,
    @Inject(PersonalNames) private readonly personal: PersonalNames,
  ) {}

  /** Counts a try as failed, before it is made: parallel guesses must not slip under the limit. */
  async begin(keys: readonly CaptchaFailureKey[], { limit, windowMs }: CaptchaRate): Promise<CountedTry> {
    const names = await this.namesOf(keys);
    const takings = await Promise.all(
      names.map((name) => askStore(() => this.store.take(name, { limit, ttlMs: windowMs }))),
    );
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

  /** Whether some key is at its limit. */
  async isDemanded(keys: readonly CaptchaFailureKey[], { limit }: CaptchaRate): Promise<boolean> {
    const names = await this.namesOf(keys);
    const counts = await Promise.all(names.map((name) => askStore(() => this.store.get(name))));
    return counts.some((count) => count >= limit);
  }

  /** Forgets the failures of the keys that a success clears. */
  async clear(keys: readonly CaptchaFailureKey[]): Promise<void> {
    const names = await this.namesOf(keys.filter(({ clearOnSuccess }) => clearOnSuccess === true));
    await Promise.all(names.map((name) => askStore(() => this.store.delete(name))));
  }

  private async namesOf(keys: readonly CaptchaFailureKey[]): Promise<string[]> {
    const unique = new Set(keys.map(({ key }) => key));
    return Promise.all([...unique].map((key) => this.personal.nameOf('failure', key)));
  }
}
