import { createCipheriv, createHash, type Cipher } from 'node:crypto';
import { seedBytes, type Seed } from './seed.js';

/** What the random numbers are for: media of different purposes with the same seed have nothing in common. */
export type Purpose = 'picture' | 'sound' | 'text';

const blockBytes = 1024;

/**
 * Random numbers from a seed: the key stream of AES-256-CTR, keyed by the SHA-256 of purpose and seed. Numbers that a
 * reader recovers from the noise of a picture do not lead back to the key, nor to the numbers that shaped its letters.
 */
export class Random {
  readonly #cipher: Cipher;
  #block: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(purpose: Purpose, seed: Seed) {
    const key = createHash('sha256').update(`captcha-media 1 ${purpose}\0`).update(seedBytes(seed)).digest();
    // Each key encrypts a single stream, so the counter may start at 0.
    this.#cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  }

  /** 0 (included) to 1 (not included). */
  next(): number {
    return this.#uint32() / 2 ** 32;
  }

  /** min (included) to max (not included). */
  between(min: number, max: number): number {
    return min + this.next() * (max - min);
  }

  /** A whole number from 0 (included) to `count` (not included), each equally likely; `count` is 1 to 2³². */
  integer(count: number): number {
    // Numbers above the last multiple of `count` would make the small remainders more likely.
    const limit = 2 ** 32 - (2 ** 32 % count);
    let value: number;
    do value = this.#uint32();
    while (value >= limit);
    return value % count;
  }

  pick<T>(first: T, ...rest: readonly T[]): T {
    return rest[this.integer(rest.length + 1) - 1] ?? first;
  }

  /** A copy in random order, each order equally likely. */
  shuffle<T>(items: readonly T[]): T[] {
    const left = [...items];
    return items.flatMap(() => left.splice(this.integer(left.length), 1));
  }

  bytes(length: number): Buffer {
    return this.#cipher.update(Buffer.alloc(length));
  }

  #uint32(): number {
    if (this.#at === this.#block.length) {
      this.#block = this.bytes(blockBytes);
      this.#at = 0;
    }
    const value = this.#block.readUInt32LE(this.#at);
    this.#at += 4;
    return value;
  }
}
