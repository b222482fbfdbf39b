/** How often a name may be taken, and how long its count is kept. */
export interface CaptchaStoreLimit {
  /** The count at which further takings are refused. */
  readonly limit: number;
  /** Milliseconds after the first taking until the count is deleted; later takings do not extend them. */
  readonly ttlMs: number;
  /**
   * How much to take; all of it or nothing. Only stores that have `pop` are asked for more than 1.
   * @default 1
   */
  readonly amount?: number | undefined;
}

/** The result of a taking. */
export interface CaptchaStoreTaking {
  readonly taken: boolean;
  /** The count after this call. */
  readonly count: number;
}

/**
 * Remembers used keys and counts. Names have a prefix for their purpose (`attempt:`, `passed:`, …) and contain no
 * personal data. An operation that cannot be carried out must throw; it must never return a guess.
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
  /** Sets the count, and the milliseconds until it is deleted. */
  set(name: string, count: number, lifetime: { readonly ttlMs: number }): Promise<void>;
  delete(name: string): Promise<void>;
  /**
   * Reads a count and deletes it; 0 if there is none. Atomic. A store without it works: then the comparisons of
   * challenges that no visitor answers stay charged against the day's quota.
   */
  pop?(name: string): Promise<number>;
}

/**
 * A failure whose message is written to the log: a store throws one to tell the operator what to do. The message must
 * hold no secret, no address and no name of an entry; of other errors only the class is written.
 */
export class CaptchaStoreError extends Error {
  override readonly name: string = 'CaptchaStoreError';
}
