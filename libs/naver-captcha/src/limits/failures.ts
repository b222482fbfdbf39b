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

/** A key of which other keys take the place once it is at its limit. */
export interface CountedKey extends CaptchaFailureKey {
  /** The keys that count from then on; without them a captcha is required. */
  readonly then?: readonly CaptchaFailureKey[] | undefined;
}

/** A key that a try was counted on, or was to be. */
interface Counted {
  readonly key: CaptchaFailureKey;
  readonly name: string;
  readonly taken: boolean;
  /** True if the next try needs a captcha, should this one fail. */
  readonly last: boolean;
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
  async begin(keys: readonly CountedKey[], rate: CaptchaRate): Promise<CountedTry> {
    const counted = (await Promise.all(unique(keys).map((key) => this.#count(key, rate)))).flat();
    const taken = counted.filter((each) => each.taken);
    const takeBack = async (): Promise<void> => {
      await Promise.all(taken.map(({ name }) => askStore(() => this.store.release(name))));
    };
    return {
      demanded: taken.length < counted.length,
      last: counted.some(({ last }) => last),
      takeBack,
      succeed: async () => {
        await takeBack();
        await this.clear([...keys, ...counted.map(({ key }) => key)]);
      },
    };
  }

  /** Returns true if a key is at its limit, and no other keys take its place. */
  async isDemanded(keys: readonly CountedKey[], rate: CaptchaRate): Promise<boolean> {
    const demands = await Promise.all(
      unique(keys).map(async ({ key, then }) => {
        const name = await this.#nameOf(key);
        if ((await askStore(() => this.store.get(name))) < rate.limit) return false;
        return then === undefined || this.isDemanded(then, rate);
      }),
    );
    return demands.includes(true);
  }

  /** Resets the failure counts of the keys with `clearOnSuccess`. */
  async clear(keys: readonly CaptchaFailureKey[]): Promise<void> {
    const cleared = unique(keys.filter(({ clearOnSuccess }) => clearOnSuccess === true));
    const names = await Promise.all(cleared.map(({ key }) => this.#nameOf(key)));
    await Promise.all(names.map((name) => askStore(() => this.store.delete(name))));
  }

  async #count(key: CountedKey, rate: CaptchaRate): Promise<readonly Counted[]> {
    const counted = await this.#countOne(key, rate);
    if (key.then === undefined) return [counted];
    if (!counted.taken) return Promise.all(unique(key.then).map((next) => this.#countOne(next, rate)));
    return [{ ...counted, last: counted.last && (await this.isDemanded(key.then, rate)) }];
  }

  async #countOne(key: CaptchaFailureKey, { limit, windowMs }: CaptchaRate): Promise<Counted> {
    const name = await this.#nameOf(key.key);
    const { taken, count } = await this.#take(name, { limit, ttlMs: windowMs });
    return { key, name, taken, last: count >= limit };
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

  async #nameOf(key: string): Promise<string> {
    return this.names.nameOf('failure', key);
  }
}

/** Each key once, so that a repeated one counts once. */
function unique<Key extends CaptchaFailureKey>(keys: readonly Key[]): Key[] {
  return [...new Map(keys.map((key) => [key.key, key])).values()];
}
