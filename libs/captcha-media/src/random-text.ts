import { randomInt } from 'node:crypto';
import { assertObject, wholeNumber } from './checks.js';
import { Random } from './random.js';
import type { Seed } from './seed.js';

export interface RandomTextOptions {
  /** The characters to choose from, each equally likely and at most once in here: `CLEAR_ALPHABET` for pictures. */
  readonly alphabet: string;
  /** How many characters, 1 to 1024. */
  readonly length: number;
  /** Makes the text predictable, for tests. @default none: the text comes from the system's randomness */
  readonly seed?: Seed | undefined;
}

/**
 * A random text, for a picture or a sound.
 *
 * @throws {TypeError} if an option is of another type
 * @throws {RangeError} if the alphabet is empty or repeats a character, or the length is out of bounds
 */
export function randomText(options: RandomTextOptions): string {
  assertObject(options, "{ alphabet: 'ABC', length: 6 }");
  const { alphabet, length, seed } = options;
  const characters = charactersOf(alphabet);
  const count = wholeNumber('length', length, 1, 1024);
  const random = seed === undefined ? undefined : new Random('text', seed);
  const indexOf = (): number => random?.integer(characters.length) ?? randomInt(characters.length);
  return Array.from({ length: count }, () => characters[indexOf()]).join('');
}

function charactersOf(alphabet: unknown): readonly string[] {
  if (typeof alphabet !== 'string')
    throw new TypeError('alphabet must be a string of the characters to choose from, like CLEAR_ALPHABET.');
  const characters = Array.from(alphabet);
  if (characters.length === 0)
    throw new RangeError('alphabet must have at least one character: give CLEAR_ALPHABET or your own.');
  if (new Set(characters).size < characters.length)
    throw new RangeError('alphabet must have each character once: remove the repeated ones.');
  return characters;
}
