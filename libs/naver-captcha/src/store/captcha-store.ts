/** How much may be taken under one name, and how long that is remembered. */
export interface CaptchaStoreLimit {
  /** How often the name can be taken before it is refused. */
  readonly limit: number;
  /** Milliseconds until the count is forgotten; they start with the first taking and are never extended. */
  readonly ttlMs: number;
  /**
   * How much to take; all of it or nothing. Only stores that have `pop` are asked for more than 1.
   * @default 1
   */
  readonly amount?: number | undefined;
}

/** What a taking brought. */
export interface CaptchaStoreTaking {
  readonly taken: boolean;
  /** The count after this call. */
  readonly count: number;
}

/**
 * Where used keys and counts are remembered. Names are prefixed by purpose (`attempt:`, `passed:`, …) and hold no
 * personal data. An operation that cannot be carried out throws; it never guesses.
 */
export interface CaptchaStore {
  /** Counts up unless that exceeds the limit; atomic, also between processes. A refusal adds nothing. */
  take(name: string, limit: CaptchaStoreLimit): Promise<CaptchaStoreTaking>;
  /**
   * Counts down; never creates, never goes below zero, and keeps the time left.
   * @param amount how much; 1 by default, and only stores that have `pop` are asked for more
   */
  release(name: string, amount?: number): Promise<void>;
  /** The count; 0 where there is none. */
  get(name: string): Promise<number>;
  /** Sets the count, and the time it is remembered. */
  set(name: string, count: number, lifetime: { readonly ttlMs: number }): Promise<void>;
  delete(name: string): Promise<void>;
  /**
   * Reads a count and deletes it; 0 if there is none. Atomic. A store without it works: then the comparisons of
   * challenges that no visitor answers stay charged against the day's quota.
   */
  pop?(name: string): Promise<number>;
}
