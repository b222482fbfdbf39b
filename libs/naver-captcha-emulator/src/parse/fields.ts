interface NumberRange {
  readonly least: number;
  readonly most?: number;
  readonly whole?: boolean;
  /** Infinity is a number too. */
  readonly endless?: boolean;
}

/**
 * Reads the fields of an object nobody has checked yet, and collects every problem rather than stop at the first.
 * A field that is absent, undefined or wrong reads as undefined.
 */
export class Fields {
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

  /** The field as it is: undefined when it is absent. */
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

  /** A number, or the least and the most of a range. */
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
    const known = allowed.find((one) => one === value);
    if (known === undefined)
      this.wrong(name, `must be one of ${allowed.map((one) => JSON.stringify(one)).join(', ')}`);
    return known;
  }

  someOf<T extends string>(name: string, allowed: readonly T[]): readonly T[] | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (Array.isArray(value)) {
      const all: readonly unknown[] = value;
      const known = allowed.filter((one) => all.includes(one));
      if (known.length === all.length) return known;
    }
    this.wrong(name, `must be an array without repetition out of ${allowed.join(', ')}`);
    return undefined;
  }

  wrong(name: string, problem: string): void {
    this.problems.push(`${name} ${problem}`);
  }

  /** To be called last: whatever was not read is a field nobody knows. */
  refuseOthers(): void {
    for (const [name, value] of this.#given) {
      if (!this.#read.has(name) && value !== undefined) this.wrong(name, 'is not known');
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
