import { nameOf } from '../errors.js';
import type { QuietLogger } from '../quiet-logger.js';
import {
  type CaptchaStore,
  CaptchaStoreError,
  type CaptchaStoreLimit,
  type CaptchaStoreTaking,
} from './captcha-store.js';

/** What a failure of the store means for visitors, and what the operator should do. */
export function storeFailure(thrown: unknown): string {
  return thrown instanceof CaptchaStoreError
    ? `The captcha store failed, so requests that need it are refused. ${thrown.message}`
    : `The captcha store failed (${nameOf(thrown)}), so requests that need it are refused. Check the store.`;
}

/** The store that was given to the module, which a test may have put in place of the reported one. */
export function givenStore(store: CaptchaStore): CaptchaStore {
  return store instanceof ReportedCaptchaStore ? store.given : store;
}

/** Writes each failure of a store to the log, whatever becomes of it: guard, routes and services all use this store. */
export class ReportedCaptchaStore implements CaptchaStore {
  /** Absent if the given store has none: callers ask which it is. */
  readonly pop?: (name: string) => Promise<number>;

  constructor(
    readonly given: CaptchaStore,
    private readonly logger: QuietLogger,
  ) {
    if (given.pop === undefined) return;
    const pop = given.pop.bind(given);
    this.pop = (name) => this.#reported(() => pop(name));
  }

  take(name: string, limit: CaptchaStoreLimit): Promise<CaptchaStoreTaking> {
    return this.#reported(() => this.given.take(name, limit));
  }

  release(name: string, amount?: number): Promise<void> {
    return this.#reported(() => this.given.release(name, amount));
  }

  get(name: string): Promise<number> {
    return this.#reported(() => this.given.get(name));
  }

  set(name: string, count: number, lifetime: { readonly ttlMs: number }): Promise<void> {
    return this.#reported(() => this.given.set(name, count, lifetime));
  }

  delete(name: string): Promise<void> {
    return this.#reported(() => this.given.delete(name));
  }

  /** Returns the promise of the store itself, so that a success costs no turn more. */
  #reported<T>(operation: () => Promise<T>): Promise<T> {
    try {
      const result = operation();
      // Stores that are not typed may return plain values.
      Promise.resolve(result).catch(this.#report);
      return result;
    } catch (thrown) {
      this.#report(thrown);
      throw thrown;
    }
  }

  readonly #report = (thrown: unknown): void => {
    this.logger.error(`CAPTCHA_UNAVAILABLE: ${storeFailure(thrown)}`);
  };
}
