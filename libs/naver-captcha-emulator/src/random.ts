/**
 * A seeded random source (sfc32). The same seed gives the same numbers in every process. The numbers are predictable:
 * they make keys and answers for tests, never secrets.
 */
export class Random {
  readonly #seed: string;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: string) {
    this.#seed = seed;
    [this.#a, this.#b, this.#c] = hash(seed);
    // The first numbers still depend visibly on the seed.
    for (let i = 0; i < 12; i += 1) this.uint32();
  }

  /** 0 to 2³²-1. */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** 0 (included) to 1 (not included). */
  fraction(): number {
    return this.uint32() / 2 ** 32;
  }

  /** min (included) to max (not included). */
  between(min: number, max: number): number {
    return min + this.fraction() * (max - min);
  }

  /** min to max, both included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.fraction() * (max - min + 1));
  }

  pick<T>(first: T, ...rest: readonly T[]): T {
    return rest[this.integer(-1, rest.length - 1)] ?? first;
  }

  /** `length` characters of `alphabet`. */
  text(length: number, alphabet: string): string {
    let text = '';
    for (let i = 0; i < length; i += 1) text += alphabet.charAt(this.integer(0, alphabet.length - 1));
    return text;
  }

  /** An independent source: drawing from it does not change this source, so the order of unrelated calls does not matter. */
  fork(label: string): Random {
    return new Random(`${this.#seed}\0${label}`);
  }
}

/** Three 32-bit numbers from a text (cyrb128, shortened). */
function hash(text: string): [number, number, number] {
  let a = 1779033703;
  let b = 3144134277;
  let c = 1013904242;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    a = b ^ Math.imul(a ^ code, 597399067);
    b = c ^ Math.imul(b ^ code, 2869860233);
    c = a ^ Math.imul(c ^ code, 951274213);
  }
  a = Math.imul(c ^ (a >>> 18), 597399067);
  b = Math.imul(a ^ (b >>> 22), 2869860233);
  c = Math.imul(b ^ (c >>> 17), 951274213);
  return [a, b, c];
}
