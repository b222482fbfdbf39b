const dayMs = 86_400_000;
const seoulMs = 9 * 3_600_000;

/** Which day it is in Seoul. Korea has had no summer time since 1988. */
export const seoulDay = (now: number): number => Math.floor((now + seoulMs) / dayMs);

/** Counts by name, from nothing again each midnight in Seoul. */
export class DailyCounter {
  #day = Number.NEGATIVE_INFINITY;
  readonly #counts = new Map<string, number>();

  /** Counts one more, and returns how many that makes today. */
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
