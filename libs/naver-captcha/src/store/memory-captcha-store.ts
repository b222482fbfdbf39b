import { SYSTEM_CLOCK, spanClock } from '../span-clock.js';
import type { CaptchaClock } from '../types.js';
import {
  type CaptchaStore,
  CaptchaStoreError,
  type CaptchaStoreLimit,
  type CaptchaStoreTaking,
} from './captcha-store.js';

interface Entry {
  count: number;
  readonly expiresAt: number;
}

interface Purpose {
  readonly entries: Map<string, Entry>;
  nextSweepAt: number;
}

/** How many old entries each insert checks: the map shrinks as fast as it grew, without a timer. */
const CHECKED_PER_INSERT = 4;

/** Thrown if a purpose has `maxEntries` unexpired entries: deleting one would let a used key pass again. */
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
 * them. Each purpose has its own limit; when it is full, the store throws instead of deleting entries.
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
    this.#insert(name, { count, expiresAt: this.#spanMs() + ttlMs });
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
      this.#insert(name, { count: amount, expiresAt: this.#spanMs() + ttlMs });
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
      purpose = { entries: new Map(), nextSweepAt: 0 };
      this.#purposes.set(prefix, purpose);
    }
    return purpose;
  }

  #living(name: string): Entry | undefined {
    const { entries } = this.#purpose(name);
    const entry = entries.get(name);
    if (entry === undefined || entry.expiresAt > this.#spanMs()) return entry;
    entries.delete(name);
    return undefined;
  }

  #insert(name: string, entry: Entry): void {
    const purpose = this.#purpose(name);
    const { entries } = purpose;
    const now = this.#spanMs();
    this.#forgetExpired(entries, now, CHECKED_PER_INSERT);
    if (entries.size >= this.#maxEntries) {
      // Lifetimes differ, so the oldest entry need not be the first to expire. At most one full check a second.
      if (now >= purpose.nextSweepAt) {
        purpose.nextSweepAt = now + 1000;
        this.#forgetExpired(entries, now, entries.size);
      }
      if (entries.size >= this.#maxEntries) {
        throw new MemoryCaptchaStoreFullError(
          `The memory store has ${entries.size} unexpired entries of one purpose and accepts no more. ` +
            'Raise maxEntries of MemoryCaptchaStore, or use RedisCaptchaStore.',
        );
      }
    }
    entries.set(name, entry);
  }

  #forgetExpired(entries: Map<string, Entry>, now: number, atMost: number): void {
    let checked = 0;
    for (const [name, entry] of entries) {
      if (checked >= atMost) return;
      checked += 1;
      if (entry.expiresAt <= now) entries.delete(name);
    }
  }
}
