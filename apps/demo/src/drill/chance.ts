import { createHash } from 'node:crypto';

/** Random numbers that are the same for the same seed, so that a drill can be repeated. */
export class Chance {
  #count = 0;

  constructor(private readonly seed: string) {}

  /** A number from 0 up to, and without, 1. */
  next(): number {
    this.#count += 1;
    const bytes = createHash('sha256').update(`${this.seed}\0${this.#count}`).digest();
    return bytes.readUIntBE(0, 6) / 2 ** 48;
  }

  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  /** The time until the next of events that are independent of each other, of which `perMinute` come in a minute. */
  pauseMs(perMinute: number): number {
    return (-Math.log(1 - this.next()) / perMinute) * 60_000;
  }

  /** A public IPv4 address: wrong answers are not counted for private ones. */
  address(): string {
    return [this.between(1, 9), this.between(0, 256), this.between(0, 256), this.between(1, 255)]
      .map(Math.floor)
      .join('.');
  }
}
