/** What happened in one minute of a drill. */
export interface Minute {
  /** Challenges that people asked for. */
  people: number;
  /** Challenges that robots asked for. */
  robots: number;
  /** Pictures that people got from NAVER. */
  naver: number;
  /** Pictures that people got from the standby. */
  standby: number;
  /** People who signed up. */
  passed: number;
  /** People who read their picture right and were refused all the same. */
  refused: number;
  /** Calls of the day's quota that NAVER counted. */
  calls: number;
}

export type Column = keyof Minute;

const NOTHING: Readonly<Minute> = {
  people: 0,
  robots: 0,
  naver: 0,
  standby: 0,
  passed: 0,
  refused: 0,
  calls: 0,
};

/** Counts what happens in a drill, minute by minute, and which codes people were told. */
export class Tally {
  readonly minutes: readonly Minute[];
  readonly codes = new Map<string, number>();

  constructor(
    private readonly startMs: number,
    minutes: number,
    private readonly now: () => number,
  ) {
    this.minutes = Array.from({ length: minutes }, () => ({ ...NOTHING }));
  }

  count(column: Column, amount = 1): void {
    const minute = this.minutes[Math.floor((this.now() - this.startMs) / 60_000)];
    if (minute !== undefined) minute[column] += amount;
  }

  /** A person was told this code. */
  told(code: string): void {
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
  }

  total(column: Column, from = 0, to = this.minutes.length): number {
    return this.minutes.slice(from, to).reduce((sum, minute) => sum + minute[column], 0);
  }
}
