/** Decides everything random about a picture, sound or text: the same seed gives the same bytes. */
export type Seed = string | number | Uint8Array;

/**
 * The seed as bytes. The first byte is the type, so that 42 and '42' are different seeds. Texts are UTF-16, because
 * UTF-8 has the same bytes for every lone surrogate.
 *
 * @throws {TypeError} if it is no seed
 */
export function seedBytes(seed: unknown): Buffer {
  if (typeof seed === 'string') return tagged('s', Buffer.from(seed, 'utf16le'));
  if (typeof seed === 'number' && Number.isFinite(seed)) {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(seed + 0); // -0 + 0 is 0
    return tagged('n', bytes);
  }
  if (seed instanceof Uint8Array) return tagged('b', seed);
  throw new TypeError(
    'seed must be a string, a finite number or a Uint8Array. Give the same seed to get the same bytes again, or ' +
      'crypto.randomBytes(16) to get others each time.',
  );
}

const tagged = (type: string, bytes: Uint8Array): Buffer => Buffer.concat([Buffer.from(type), bytes]);
