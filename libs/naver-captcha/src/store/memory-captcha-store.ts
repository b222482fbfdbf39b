import { SYSTEM_CLOCK, spanClock } from '../span-clock.js';
import type { CaptchaClock } from '../types.js';
import {
  type CaptchaStore,
  CaptchaStoreError,
  type CaptchaStoreLimit,
  type CaptchaStoreTaking,
} from './captcha-store.js';

import { type Entry, ExpiringEntries } from './expiring-entries.js';

interface Purpose {
  readonly entries: ExpiringEntries;
  readonly forgetsOldest: boolean;
  nextSweepAt: number;
}

/**
 * Purposes that merely count what clients did. A full one forgets its oldest entry: if it refused, made-up names would
 * close log-ins and challenges for everyone. Paid tolls may be forgotten too: to pay one twice, a client must pay as many
 * others first as the store holds. The other purposes must not forget, or a used key would pass again.
 */
const FORGETS_OLDEST: ReadonlySet<string> = new Set([
  'allowed:',
  'asked:',
  'compare-raw:',
  'failure:',
  'issue:',
  'media:',
  'toll:',
  'wrong:',
]);

/** How many old entries each insert checks: the list shrinks as fast as it grew, without a timer. */
const CHECKED_PER_INSERT = 4;

/** Thrown if a purpose is full of living entries and may forget none: that would let a used key pass again. */
export class MemoryCaptchaStoreFullError extends CaptchaStoreError {
  override readonly name = 'MemoryCaptchaStoreFullError';
}

/** The options of a {@link MemoryCaptchaStore}. */
export interface MemoryCaptchaStoreOptions {
  /**
   * The most entries of one purpose (`attempt:`, `passed:`, …); each takes about 150 bytes.
   * @default 100000
   */
  readonly maxEntries?: number | undefined;
  /**
   * The clock that entries expire by.
   * @default the system's clock
   */
  readonly clock?: CaptchaClock | undefined;
}

/**
 * Remembers used keys and counts in the memory of this process: a restart loses them, and other processes do not share
 * them. Each purpose has its own limit; a full one throws instead of deleting entries, except counts of failures, wrong
 * answers, challenges and media asked for, and tolls paid, whose oldest are deleted.
 */
export class MemoryCaptchaStore implements CaptchaStore {
  readonly #purposes = new Map<string, Purpose>();
  readonly #maxEntries: number;
  /** Lifetimes are spans: a corrected system time must not keep a limit full, nor forget a used key. */
  readonly #spanMs: () => number;

  constructor(options: MemoryCaptchaStoreOptions = {}) {
    this.#maxEntries = options.maxEntries ?? 100_000;
    this.#spanMs = spanClock(options.clock ?? SYSTEM_CLOCK);
  }

  /** Not async, which would settle each promise a few microtasks later, several times a request. */
  take(name: string, limit: CaptchaStoreLimit): Promise<CaptchaStoreTaking> {
    return new Promise((resolve) => {
      resolve(this.#take(name, limit));
    });
  }

  async release(name: string, amount = 1): Promise<void> {
    const entry = this.#living(name);
    if (entry !== undefined) entry.count = Math.max(0, entry.count - amount);
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

  async pop(name: string): Promise<number> {
    const count = this.#living(name)?.count ?? 0;
    this.#purpose(name).entries.delete(name);
    return Promise.resolve(count);
  }

  #take(name: string, { limit, ttlMs, amount = 1 }: CaptchaStoreLimit): CaptchaStoreTaking {
    const entry = this.#living(name);
    if (entry === undefined) {
      if (amount > limit) return { taken: false, count: 0 };
      this.#insert(name, amount, ttlMs);
      return { taken: true, count: amount };
    }
    if (entry.count + amount > limit) return { taken: false, count: entry.count };
    entry.count += amount;
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
    return this.#purpose(name).entries.living(name, this.#spanMs());
  }

  #insert(name: string, count: number, ttlMs: number): void {
    const purpose = this.#purpose(name);
    const { entries } = purpose;
    const now = this.#spanMs();
    entries.forgetExpired(now, CHECKED_PER_INSERT);
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
