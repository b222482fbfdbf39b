import { SYSTEM_CLOCK, spanClock } from '../span-clock.js';
import type { CaptchaClock } from '../types.js';
import type { CaptchaStore, CaptchaStoreLimit, CaptchaStoreTaking } from './captcha-store.js';

interface Entry {
  count: number;
  readonly expiresAt: number;
}

interface Purpose {
  readonly entries: Map<string, Entry>;
  nextSweepAt: number;
}

/** How many old entries each new one looks at: the map shrinks as fast as it grew, with no timer. */
const LOOKED_AT_PER_INSERT = 4;

/** Thrown when a purpose holds as many living entries as it may: forgetting one would let a used key pass again. */
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
 * apart, and a full one refuses rather than forgets.
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
    this.#insert(name, { count, expiresAt: this.#spanMs() + ttlMs });
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
      this.#insert(name, { count: 1, expiresAt: this.#spanMs() + ttlMs });
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
    this.#forgetExpired(entries, now, LOOKED_AT_PER_INSERT);
    if (entries.size >= this.#maxEntries) {
      // Lifetimes differ, so the oldest entry need not be the first to expire. One full look a second at the most.
      if (now >= purpose.nextSweepAt) {
        purpose.nextSweepAt = now + 1000;
        this.#forgetExpired(entries, now, entries.size);
      }
      if (entries.size >= this.#maxEntries) {
        throw new MemoryCaptchaStoreFullError(
          `The memory store holds ${entries.size} living entries of one purpose and takes no more. ` +
            'Raise maxEntries, or pass a store that several processes share.',
        );
      }
    }
    entries.set(name, entry);
  }

  #forgetExpired(entries: Map<string, Entry>, now: number, atMost: number): void {
    let looked = 0;
    for (const [name, entry] of entries) {
      if (looked >= atMost) return;
      looked += 1;
      if (entry.expiresAt <= now) entries.delete(name);
    }
  }
}
