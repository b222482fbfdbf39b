import type { DrillClock } from './drill-clock.js';

interface Planned {
  readonly atMs: number;
  readonly happen: () => Promise<void>;
}

/** What is to happen in a drill, in the order of its time; one thing after the other, so that a drill can be repeated. */
export class Timeline {
  #planned: Planned[] = [];

  constructor(private readonly clock: DrillClock) {}

  at(atMs: number, happen: () => Promise<void>): void {
    const index = this.#planned.findLastIndex((other) => other.atMs <= atMs);
    this.#planned.splice(index + 1, 0, { atMs, happen });
  }

  /** Lets happen what is planned until then, and what that plans. */
  async runUntil(endMs: number): Promise<void> {
    for (let next = this.#planned[0]; next !== undefined && next.atMs < endMs; next = this.#planned[0]) {
      this.#planned.shift();
      this.clock.moveTo(next.atMs);
      await next.happen();
    }
    this.clock.moveTo(endMs);
  }
}
