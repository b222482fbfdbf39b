import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';

import { CaptchaUnavailableException } from '../../errors.js';
import type { CaptchaPuzzleParameters, CaptchaRandom } from '../../types.js';

/** One part of a puzzle with what solves it. */
export interface PuzzlePart {
  readonly parameters: CaptchaPuzzleParameters;
  /** The second half of the key that the browser has to derive; 16 bytes. */
  readonly solution: Buffer;
}

const derive = promisify(pbkdf2);

/** Iterations of PBKDF2 for one counter: about 0.3 ms in a browser, so that a browser can stop between two. */
const COST = 1000;
const NONCE_BYTES = 16;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
const PREFIX_BYTES = 16;
/** Of the random bytes for a counter, so many that the remainder favours none. */
const BYTES_PER_COUNTER = 6;

/** Parts kept ready of each range of counters. */
const READY = 16;
/** More would hold requests longer than a page waits; each takes about half a millisecond of one thread. */
const MAX_PENDING = 256;

/**
 * Makes parts of puzzles, off the event loop, and keeps some ready. Every part has the same cost here, however dear it is
 * for the browser: only the server knows the counter.
 */
export class PuzzleParts {
  /** By the range of their counters. */
  readonly #ready = new Map<number, PuzzlePart[]>();
  readonly #refilling = new Set<number>();
  #pending = 0;

  constructor(private readonly random: CaptchaRandom) {}

  /**
   * A part that no page got before.
   * @param counters the counter that solves it is a random whole number below this
   * @throws CaptchaUnavailableException if more parts are asked for than this process can make
   */
  async take(counters: number): Promise<PuzzlePart> {
    const ready = this.#ready.get(counters)?.pop();
    this.#refill(counters);
    if (ready !== undefined) return ready;
    if (this.#pending >= MAX_PENDING) throw tooFast();
    return this.#make(counters);
  }

  #refill(counters: number): void {
    if (this.#refilling.has(counters)) return;
    this.#refilling.add(counters);
    // A page that asks for a part gets the failure.
    void this.#fill(counters)
      .catch(() => undefined)
      .finally(() => this.#refilling.delete(counters));
  }

  /** One after the other, so that a page which waits for a part is not behind all of them. */
  async #fill(counters: number): Promise<void> {
    const ready = this.#ready.get(counters) ?? [];
    this.#ready.set(counters, ready);
    while (ready.length < READY) ready.push(await this.#make(counters));
  }

  async #make(counters: number): Promise<PuzzlePart> {
    this.#pending += 1;
    try {
      return await this.#derivePart(counters);
    } finally {
      this.#pending -= 1;
    }
  }

  /** In the form of ALTCHA, version 2: the password is the nonce with the counter behind it, as four bytes. */
  async #derivePart(counters: number): Promise<PuzzlePart> {
    const nonce = this.random.bytes(NONCE_BYTES);
    const salt = this.random.bytes(SALT_BYTES);
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.random.bytes(BYTES_PER_COUNTER).readUIntBE(0, BYTES_PER_COUNTER) % counters);
    const key = await derive(Buffer.concat([nonce, counter]), salt, COST, KEY_BYTES, 'sha256');
    return {
      parameters: {
        algorithm: 'PBKDF2/SHA-256',
        cost: COST,
        keyLength: KEY_BYTES,
        keyPrefix: key.toString('hex', 0, PREFIX_BYTES),
        nonce: nonce.toString('hex'),
        salt: salt.toString('hex'),
      },
      solution: key.subarray(PREFIX_BYTES),
    };
  }
}

function tooFast(): CaptchaUnavailableException {
  return new CaptchaUnavailableException({
    origin: 'too-fast',
    detail: 'More puzzles are asked for than this process can make. Lower issueLimit, or run more processes.',
  });
}
