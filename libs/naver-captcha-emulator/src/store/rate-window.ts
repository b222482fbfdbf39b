/** How many calls came in the current second of the clock. */
export class RateWindow {
  #second = Number.NEGATIVE_INFINITY;
  #count = 0;

  /** Counts one more, and returns how many that makes in this second. */
  add(now: number): number {
    const second = Math.floor(now / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#count;
  }

  clear(): void {
    this.#count = 0;
  }
}
