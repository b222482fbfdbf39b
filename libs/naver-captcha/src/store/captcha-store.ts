/** How often a name may be taken, and how long its count is kept. */
export interface CaptchaStoreLimit {
  /** The count at which further takings are refused. */
  readonly limit: number;
  /** Milliseconds after the first taking until the count is deleted; later takings do not extend them. */
  readonly ttlMs: number;
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
  /** Adds one to the count unless it has reached the limit. Atomic, also between processes. */
  take(name: string, limit: CaptchaStoreLimit): Promise<CaptchaStoreTaking>;
  /** Subtracts one from the count. Never creates it, never goes below 0, and does not change when it is deleted. */
  release(name: string): Promise<void>;
  /** The count; 0 if the name has none. */
  get(name: string): Promise<number>;
  /** Sets the count, and the milliseconds until it is deleted. */
  set(name: string, count: number, lifetime: { readonly ttlMs: number }): Promise<void>;
  delete(name: string): Promise<void>;
}
