import type { CaptchaClock } from '../types.js';
import type { CaptchaStore, CaptchaStoreLimit, CaptchaStoreTaking } from './captcha-store.js';
import { type Entry, ExpiringEntries } from './expiring-entries.js';

interface Purpose {
  readonly entries: ExpiringEntries;
  readonly forgetsOldest: boolean;
  nextSweepAt: number;
}

/**
 * Purposes that merely count what clients did. A full one forgets its oldest entry: if it refused, made-up names would
 * close log-ins and challenges for everyone. The others must not forget, or a used key would pass again.
 */
const FORGETS_OLDEST: ReadonlySet<string> = new Set(['failure:', 'issue:']);

/** How many old entries each new one looks at: the map shrinks as fast as it grew, with no timer. */
const LOOKED_AT_PER_INSERT = 4;

/** Thrown if a purpose is full of living entries and may forget none: that would let a used key pass again. */
export class MemoryCaptchaStoreFullError extends Error {
  override readonly name = 'MemoryCaptchaStoreFullError';
}

/** How a {@link MemoryCaptchaStore} is set up. */
export interface MemoryCaptchaStoreOptions {
  /**
   * Entries of one purpose (`attempt:`, `passed:`, …) kept at once; about 150 bytes each.
   * @default 100000
   */
  readonly maxEntries?: number | undefined;
  /** @default the system's clock */
  readonly clock?: CaptchaClock | undefined;
}

/**
 * Remembers in this process: forgets at a restart, and other processes know nothing of it. Each purpose is bounded
 * apart; a full one refuses rather than forgets, except counts of failures and of challenges asked for.
 */
export class MemoryCaptchaStore implements CaptchaStore {
  readonly #purposes = new Map<string, Purpose>();
  readonly #maxEntries: number;
  readonly #clock: CaptchaClock;

  constructor(options: MemoryCaptchaStoreOptions = {}) {
    this.#maxEntries = options.maxEntries ?? 100_000;
    this.#clock = options.clock ?? { now: () => Date.now() };
  }

  /** Not async, which would hand on each promise a few turns later, several times a request. */
  take(name: string, limit: CaptchaStoreLimit): Promise<CaptchaStoreTaking> {
    return new Promise((resolve) => {
      resolve(this.#take(name, limit));
    });
  }

  async release(name: string): Promise<void> {
    const entry = this.#living(name);
    if (entry !== undefined && entry.count > 0) entry.count -= 1;
    return Promise.resolve();
  }

  async get(name: string): Promise<number> {
    return Promise.resolve(this.#living(name)?.count ?? 0);
  }

  async set(name: string, count: number, { ttlMs }: { readonly ttlMs: number }): Promise<void> {
    this.#purpose(name).entries.delete(name);
    this.#insert(name, count, ttlMs);
    return Promise.resolve();
  }

  async delete(name: string): Promise<void> {
    this.#purpose(name).entries.delete(name);
    return Promise.resolve();
  }

  #take(name: string, { limit, ttlMs }: CaptchaStoreLimit): CaptchaStoreTaking {
    const entry = this.#living(name);
    if (entry === undefined) {
      if (limit < 1) return { taken: false, count: 0 };
      this.#insert(name, 1, ttlMs);
      return { taken: true, count: 1 };
    }
    if (entry.count >= limit) return { taken: false, count: entry.count };
    entry.count += 1;
    return { taken: true, count: entry.count };
  }

  #purpose(name: string): Purpose {
    const prefix = name.slice(0, name.indexOf(':') + 1);
    let purpose = this.#purposes.get(prefix);
    if (purpose === undefined) {
      purpose = { entries: new ExpiringEntries(), forgetsOldest: FORGETS_OLDEST.has(prefix), nextSweepAt: 0 };
      this.#purposes.set(prefix, purpose);
    }
    return purpose;
  }

  #living(name: string): Entry | undefined {
    return this.#purpose(name).entries.living(name, this.#clock.now());
  }

  #insert(name: string, count: number, ttlMs: number): void {
    const purpose = this.#purpose(name);
    const { entries } = purpose;
    const now = this.#clock.now();
    entries.forgetExpired(now, LOOKED_AT_PER_INSERT);
    if (entries.size >= this.#maxEntries) this.#makeRoom(purpose, now);
    entries.add(name, count, now + ttlMs);
  }

  #makeRoom(purpose: Purpose, now: number): void {
    const { entries, forgetsOldest } = purpose;
    // Lifetimes differ, so the oldest entry need not be the first to expire. One full look a second at the most.
    if (now >= purpose.nextSweepAt) {
      purpose.nextSweepAt = now + 1000;
      entries.forgetExpired(now, entries.size);
      if (entries.size < this.#maxEntries) return;
    }
    if (!forgetsOldest) {
      throw new MemoryCaptchaStoreFullError(
        `The memory store holds ${entries.size} living entries of one purpose and takes no more. ` +
          'Raise maxEntries, or pass a store that several processes share.',
      );
    }
    entries.forgetOldest();
  }
}
