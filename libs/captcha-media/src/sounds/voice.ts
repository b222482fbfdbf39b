/** Samples per second, of clips and recordings. */
export const sampleRate = 16_000;

/** The spoken digits of one language, decoded when first used. */
export class Voice {
  readonly #encoded: readonly string[];
  #clips: readonly Int16Array[] | undefined;

  constructor(encoded: readonly string[]) {
    this.#encoded = encoded;
  }

  clip(digit: number): Int16Array {
    this.#clips ??= this.#encoded.map((clip) => Int16Array.from(Buffer.from(clip, 'base64'), fromMuLaw));
    const clip = this.#clips[digit];
    if (clip === undefined) throw new Error(`No recording of ${digit}: sounds can say the digits 0 to 9`);
    return clip;
  }
}

/** One byte of G.711 mu-law as a 16-bit sample. */
function fromMuLaw(byte: number): number {
  const bits = ~byte;
  const magnitude = ((((bits & 0x0f) << 3) + 132) << ((bits & 0x70) >> 4)) - 132;
  return (bits & 0x80) === 0 ? magnitude : -magnitude;
}
