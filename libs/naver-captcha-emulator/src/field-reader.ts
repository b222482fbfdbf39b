interface NumberRange {
  readonly least: number;
  readonly most?: number;
  readonly whole?: boolean;
  /** Whether Infinity is allowed. */
  readonly endless?: boolean;
}

/**
 * Reads the fields of an unchecked object, and collects every problem instead of stopping at the first. Each method
 * returns undefined if the field is absent, undefined or wrong.
 */
export class FieldReader {
  readonly problems: string[] = [];
  readonly #given: ReadonlyMap<string, unknown>;
  readonly #read = new Set<string>();

  constructor(given: unknown) {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      this.problems.push('is not an object');
      this.#given = new Map();
    } else {
      this.#given = new Map(Object.entries(given));
    }
  }

  /** The field, unchecked. Returns undefined if it is absent. */
  raw(name: string): unknown {
    this.#read.add(name);
    return this.#given.get(name);
  }

  string(name: string, pattern?: RegExp): string | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (typeof value === 'string' && (pattern === undefined || pattern.test(value))) return value;
    this.wrong(name, pattern === undefined ? 'must be a string' : `must be a string like ${pattern}`);
    return undefined;
  }

  strings(name: string, pattern: RegExp): readonly string[] | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    const all: readonly unknown[] = Array.isArray(value) ? value : [undefined];
    const fitting = all.filter((entry) => typeof entry === 'string').filter((entry) => pattern.test(entry));
    if (fitting.length === all.length) return fitting;
    this.wrong(name, `must be an array of strings like ${pattern}`);
    return undefined;
  }

  boolean(name: string): boolean | undefined {
    const value = this.raw(name);
    if (value === undefined || typeof value === 'boolean') return value;
    this.wrong(name, 'must be true or false');
    return undefined;
  }

  number(name: string, range: NumberRange): number | undefined {
    const value = this.raw(name);
    if (value === undefined || isNumberIn(value, range)) return value;
    this.wrong(name, `must be ${describe(range)}`);
    return undefined;
  }

  /** A number, or [least, most]. A single number returns as both. */
  span(name: string, range: NumberRange): readonly [number, number] | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (isNumberIn(value, range)) return [value, value];
    if (Array.isArray(value) && value.length === 2) {
      const ends: readonly unknown[] = value;
      const [least, most] = ends;
      if (isNumberIn(least, range) && isNumberIn(most, range) && least <= most) return [least, most];
    }
    this.wrong(name, `must be ${describe(range)}, or [least, most] of two such numbers`);
    return undefined;
  }

  oneOf<T extends string | number>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    const known = allowed.find((entry) => entry === value);
    if (known === undefined)
      this.wrong(name, `must be one of ${allowed.map((entry) => JSON.stringify(entry)).join(', ')}`);
    return known;
  }

  someOf<T extends string>(name: string, allowed: readonly T[]): readonly T[] | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (Array.isArray(value)) {
      const all: readonly unknown[] = value;
      const known = allowed.filter((entry) => all.includes(entry));
      if (known.length === all.length) return known;
    }
    this.wrong(name, `must be an array of ${allowed.join(', ')}, each at most once`);
    return undefined;
  }

  wrong(name: string, problem: string): void {
    this.problems.push(`${name} ${problem}`);
  }

  /** Call this last: a field that was never read is unknown. */
  refuseUnread(): void {
    for (const [name, value] of this.#given) {
      if (!this.#read.has(name) && value !== undefined)
        this.wrong(name, 'is not known: check the spelling, or leave it out');
    }
  }
}

function isNumberIn(value: unknown, { least, most, whole, endless }: NumberRange): value is number {
  if (typeof value !== 'number' || Number.isNaN(value)) return false;
  if (value === Infinity) return endless === true;
  return value >= least && value <= (most ?? Infinity) && (whole !== true || Number.isInteger(value));
}

function describe({ least, most, whole, endless }: NumberRange): string {
  const kind = whole === true ? 'a whole number' : 'a number';
  const reach = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
  return `${kind} ${reach}${endless === true ? ', or Infinity' : ''}`;
}
