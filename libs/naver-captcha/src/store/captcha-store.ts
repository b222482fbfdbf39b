/** How much may be taken under one name, and how long that is remembered. */
export interface CaptchaStoreLimit {
  /** How often the name can be taken before it is refused. */
  readonly limit: number;
  /** Milliseconds until the count is forgotten; they start with the first taking and are never extended. */
  readonly ttlMs: number;
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
  /** Counts one up unless the limit is reached; atomic, also between processes. A refusal adds nothing. */
  take(name: string, limit: CaptchaStoreLimit): Promise<CaptchaStoreTaking>;
  /** Counts one down; never creates, never goes below zero, and keeps the time left. */
  release(name: string): Promise<void>;
  /** The count; 0 where there is none. */
  get(name: string): Promise<number>;
  /** Sets the count, and the time it is remembered. */
  set(name: string, count: number, lifetime: { readonly ttlMs: number }): Promise<void>;
  delete(name: string): Promise<void>;
}

/**
 * A failure whose message is written to the log: a store throws one to tell the operator what to do. The message must
 * hold no secret, no address and no name of an entry; of other errors only the class is written.
 */
export class CaptchaStoreError extends Error {
  override readonly name: string = 'CaptchaStoreError';
}
