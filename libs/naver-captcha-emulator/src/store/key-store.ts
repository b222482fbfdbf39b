import type { EmulatorKind, EmulatorPlatform } from '../protocol/call.js';

/** `right` and `wrong` are the result of the last comparison; `expired` is a key that was not compared in time. */
export type EmulatorKeyState = 'issued' | 'fetched' | 'right' | 'wrong' | 'expired';

/** A key the emulator issued. Times are milliseconds of the emulator's clock. */
export interface EmulatorKey {
  readonly key: string;
  readonly platform: EmulatorPlatform;
  readonly kind: EmulatorKind;
  readonly answer: string;
  readonly state: EmulatorKeyState;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** When its picture or sound was first fetched. */
  readonly fetchedAt?: number | undefined;
  /** When it was last compared. */
  readonly comparedAt?: number | undefined;
  readonly comparisons: number;
}

/** A key as the emulator keeps it; calls change it. */
export interface StoredKey {
  readonly key: string;
  readonly platform: EmulatorPlatform;
  readonly kind: EmulatorKind;
  readonly answer: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  fetchedAt: number | undefined;
  comparedAt: number | undefined;
  comparisons: number;
  right: boolean;
}

/** Keys by name, oldest first. Forgets the oldest when there are more than `maxKeys`. */
export class KeyStore {
  readonly #keys = new Map<string, StoredKey>();
  readonly #maxKeys: number;

  constructor(maxKeys: number) {
    this.#maxKeys = maxKeys;
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  get(key: string): StoredKey | undefined {
    return this.#keys.get(key);
  }

  add(key: StoredKey): void {
    this.#keys.set(key.key, key);
    for (const oldest of this.#keys.keys()) {
      if (this.#keys.size <= this.#maxKeys) break;
      this.#keys.delete(oldest);
    }
  }

  newestFirst(limit = Infinity): StoredKey[] {
    const keys = [...this.#keys.values()];
    return (limit < keys.length ? keys.slice(keys.length - limit) : keys).reverse();
  }

  clear(): void {
    this.#keys.clear();
  }
}

/** The key as callers of the emulator see it. */
export function viewKey(stored: StoredKey, now: number): EmulatorKey {
  const { key, platform, kind, answer, issuedAt, expiresAt, fetchedAt, comparedAt, comparisons } = stored;
  return {
    key,
    platform,
    kind,
    answer,
    state: stateOf(stored, now),
    issuedAt,
    expiresAt,
    ...(fetchedAt === undefined ? {} : { fetchedAt }),
    ...(comparedAt === undefined ? {} : { comparedAt }),
    comparisons,
  };
}

function stateOf({ comparedAt, right, expiresAt, fetchedAt }: StoredKey, now: number): EmulatorKeyState {
  if (comparedAt !== undefined) return right ? 'right' : 'wrong';
  if (now >= expiresAt) return 'expired';
  return fetchedAt === undefined ? 'issued' : 'fetched';
}
