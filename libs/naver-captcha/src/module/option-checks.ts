import ipaddr from 'ipaddr.js';

import type {
  CaptchaMediaEngineName,
  CaptchaPace,
  CaptchaPrefetch,
  CaptchaPressureLimits,
} from '../types.js';
import { isRecord } from '../unknown-values.js';

/** Turns any value into a checked and frozen one. Returns undefined if the value is invalid. */
export type Parse<T> = (given: unknown) => T | undefined;

/** What a valid value of an option looks like. */
export interface Check<T> {
  readonly parse: Parse<T>;
  /** What the developer should do, to be read after the option's name: "must be …", without a full stop. */
  readonly remedy: string;
  /** Turns the text of an environment variable into a value for `parse`; the text itself is used by default. */
  readonly fromText?: (text: string) => unknown;
}

export function namesOf<K extends string>(object: Readonly<Record<K, unknown>>): readonly K[] {
  return Object.keys(object).filter((name): name is K => Object.hasOwn(object, name));
}

/** Takes the value as it is if the type guard accepts it. */
export function when<T>(isValid: (given: unknown) => given is T): Parse<T> {
  return (given) => (isValid(given) ? given : undefined);
}

export function oneOf<const T>(values: readonly T[]): Parse<T> {
  return (given) => values.find((value) => value === given);
}

export function text(pattern: RegExp): Parse<string> {
  return (given) => (typeof given === 'string' && pattern.test(given) ? given : undefined);
}

export function number(from: number, to: number): Parse<number> {
  return (given) => (typeof given === 'number' && given >= from && given <= to ? given : undefined);
}

export function integer(from: number, to = Infinity): Parse<number> {
  const parse = number(from, to);
  return (given) => (Number.isInteger(given) ? parse(given) : undefined);
}

/** @param of the unit, such as ` of milliseconds` */
export function wholeNumber(from: number, to: number, of = ''): Check<number> {
  return {
    parse: integer(from, to),
    remedy: `must be a whole number${of} from ${from} to ${to}`,
    // Only digits: Number() also reads "1e3", "0x10" and an empty text.
    fromText: (digits) => (/^\d+$/.test(digits) ? Number(digits) : digits),
  };
}

/** The same check, which also takes `Infinity`: by number in code, by name in the environment. */
export function orInfinity({ parse, remedy, fromText }: Check<number>, meaning: string): Check<number> {
  return {
    parse: (given) => (given === Infinity ? given : parse(given)),
    remedy: `${remedy}, or Infinity ${meaning}`,
    fromText: (text) => (text === 'Infinity' ? Infinity : fromText ? fromText(text) : text),
  };
}

export const trueOrFalse: Check<boolean> = {
  parse: when((given) => typeof given === 'boolean'),
  remedy: 'must be true or false',
};

/** An object whose entries may be left out; any other name is invalid. */
export function partial<K extends string, V>(
  names: readonly K[],
  parseEntry: Parse<V>,
): Parse<Readonly<Partial<Record<K, V>>>> {
  return (given) => {
    // A regular expression has no entries of its own, so it would pass for an empty object.
    if (!isRecord(given) || given instanceof RegExp) return undefined;
    const found: Partial<Record<K, V>> = {};
    for (const [key, value] of Object.entries(given)) {
      const name = names.find((known) => known === key);
      if (name === undefined) return undefined;
      if (value === undefined) continue;
      const parsed = parseEntry(value);
      if (parsed === undefined) return undefined;
      found[name] = parsed;
    }
    return Object.freeze(found);
  };
}

/** An object whose left-out entries have their default. */
export function withDefaults<K extends string, V>(
  defaults: Readonly<Record<K, V>>,
  parseEntry: Parse<V>,
): Parse<Readonly<Record<K, V>>> {
  const parse = partial(namesOf(defaults), parseEntry);
  return (given) => {
    const found = parse(given);
    return found && Object.freeze({ ...defaults, ...found });
  };
}

/** `false` turns off what the option sets. */
export function orFalse<T>(parse: Parse<T>): Parse<T | false> {
  return (given) => (given === false ? false : parse(given));
}

export function parseBaseUrl(given: unknown): string | undefined {
  if (typeof given !== 'string' || !URL.canParse(given) || /[?#]/.test(given)) return undefined;
  const { protocol, username, password } = new URL(given);
  const isValid = (protocol === 'https:' || protocol === 'http:') && username + password === '';
  return isValid ? given.replace(/\/+$/, '') : undefined;
}

export function parseSecrets(given: unknown): readonly [string, ...string[]] | undefined {
  const list: unknown[] = Array.isArray(given) ? given : [given];
  if (list.length > 4 || new Set(list).size < list.length) return undefined;
  const [first, ...others] = list.filter(isLongText);
  if (first === undefined || others.length + 1 < list.length) return undefined;
  return Object.freeze([first, ...others] as const);
}

function isLongText(secret: unknown): secret is string {
  return typeof secret === 'string' && secret.length >= 32;
}

export function parsePrefetch(given: unknown): CaptchaPrefetch | undefined {
  const size = partial(['size'], integer(1, 100))(given)?.size;
  return size === undefined ? undefined : Object.freeze({ size });
}

const ENGINES: readonly (readonly CaptchaMediaEngineName[])[] = [
  ['naver'],
  ['naver', 'standby'],
  ['standby'],
];

export function parseEngines(given: unknown): readonly CaptchaMediaEngineName[] | undefined {
  if (!Array.isArray(given)) return undefined;
  return ENGINES.find(
    (names) => names.length === given.length && names.every((name, at) => name === given[at]),
  );
}

export const DEFAULT_PACE: CaptchaPace = Object.freeze({ headroom: 0.25 });

/** `true` stands for the default headroom. */
export function parsePace(given: unknown): CaptchaPace | false | undefined {
  if (typeof given === 'boolean') return given && DEFAULT_PACE;
  return withDefaults(DEFAULT_PACE, (share) =>
    typeof share === 'number' && share >= 0.01 && share <= 1 ? share : undefined,
  )(given);
}

export const DEFAULT_PRESSURE: CaptchaPressureLimits = Object.freeze({
  free: 20,
  raisedFrom: 6,
  highFrom: 12,
  refusedFrom: 18,
});

/** Each threshold is higher than the one before; Infinity never comes. */
export function parsePressure(given: unknown): CaptchaPressureLimits | undefined {
  if (!isRecord(given)) return undefined;
  const { raise, ...thresholds } = given;
  if (raise !== undefined && !isRaise(raise)) return undefined;
  const { raise: _, ...defaults } = DEFAULT_PRESSURE;
  const found = withDefaults(defaults, (value) => (value === Infinity ? value : integer(1)(value)))(
    thresholds,
  );
  if (found === undefined || found.raisedFrom > found.highFrom || found.highFrom > found.refusedFrom)
    return undefined;
  return Object.freeze({ ...found, ...(raise === undefined ? {} : { raise }) });
}

function isRaise(given: unknown): given is NonNullable<CaptchaPressureLimits['raise']> {
  return typeof given === 'function';
}

/** With the flags g and y a regular expression remembers where it stopped, and refuses every other answer. */
export function parsePattern(given: unknown): RegExp | undefined {
  return given instanceof RegExp ? new RegExp(given.source, given.flags.replaceAll(/[gy]/g, '')) : undefined;
}

/** Returns true for a network in CIDR notation. */
export function isNetwork(text: string): boolean {
  return ipaddr.isValidCIDR(text);
}
