import type { EmulatorKind, EmulatorPlatform } from '../calls/call.js';

/** A key and what became of it. The one mutable record of the emulator. */
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

/** Keys by name, oldest first, never more than `maxKeys`. */
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
