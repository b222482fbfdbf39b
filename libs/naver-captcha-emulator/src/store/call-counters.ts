const dayMs = 86_400_000;
const seoulMs = 9 * 3_600_000;

/** The number of the day in Seoul. Korea has had no summer time since 1988. */
export const seoulDay = (now: number): number => Math.floor((now + seoulMs) / dayMs);

/** Counts calls by name, and starts again from zero at midnight in Seoul. */
export class DailyCounter {
  readonly #counts = new Map<string, number>();
  #day = Number.NEGATIVE_INFINITY;

  /** Returns today's count of this name, this call included. */
  add(name: string, now: number): number {
    const day = seoulDay(now);
    if (day !== this.#day) {
      this.#day = day;
      this.#counts.clear();
    }
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return count;
  }

  clear(): void {
    this.#counts.clear();
  }
}

/** Counts the calls of the current second of the clock. */
export class SecondCounter {
  #second = Number.NEGATIVE_INFINITY;
  #count = 0;

  /** Returns the count of this second, this call included. */
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
