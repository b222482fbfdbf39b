import { describe, expect, it } from '@jest/globals';
import { PICTURE_ALPHABET, randomText, type RandomTextOptions } from 'captcha-media';

/** How often each character occurs in a long text. */
function shares(options: Omit<RandomTextOptions, 'length'>): number[] {
  const text = Array.from({ length: 8 }, (_, part) =>
    randomText({ ...options, length: 1024, ...(options.seed === undefined ? {} : { seed: part }) }),
  ).join('');
  return Array.from(options.alphabet, (character) => (text.split(character).length - 1) / text.length);
}

describe('a random text', () => {
  it('has as many characters of the alphabet as asked for', () => {
    for (const length of [1, 6, 1024])
      expect(randomText({ alphabet: PICTURE_ALPHABET, length })).toMatch(
        new RegExp(`^[${PICTURE_ALPHABET}]{${length}}$`),
      );
  });

  it('is another each time without a seed, and the same with one', () => {
    const text = (seed?: string) => randomText({ alphabet: PICTURE_ALPHABET, length: 32, seed });

    expect(text()).not.toBe(text());
    expect(text('a')).toBe(text('a'));
    expect(text('a')).not.toBe(text('b'));
  });

  it.each([
    ['the system', undefined],
    ['a seed', 1],
  ])('has every character about equally often, from %s', (_, seed) => {
    for (const share of shares({ alphabet: 'ABC', seed })) expect(Math.abs(share - 1 / 3)).toBeLessThan(0.04);
  });

  it('counts characters, not halves of surrogate pairs', () => {
    expect(Array.from(randomText({ alphabet: '🐶🐱', length: 5, seed: 1 }))).toHaveLength(5);
    expect(randomText({ alphabet: 'A', length: 3 })).toBe('AAA');
  });
});

const refusals: readonly [unknown, typeof Error, RegExp][] = [
  [{ alphabet: 5, length: 5 }, TypeError, /^alphabet must be a string/],
  [{ alphabet: '', length: 5 }, RangeError, /^alphabet must have at least one character/],
  [{ alphabet: 'ABA', length: 5 }, RangeError, /^alphabet must have each character once/],
  [{ alphabet: 'AB', length: 0 }, RangeError, /^length must be a whole number from 1 to 1024/],
  [{ alphabet: 'AB', length: 1025 }, RangeError, /^length must be/],
  [{ alphabet: 'AB' }, TypeError, /^length must be/],
  [{ alphabet: 'AB', length: 5, seed: {} }, TypeError, /^seed must be/],
  [undefined, TypeError, /^options must be an object/],
];

it.each(refusals)('%p is refused', (options, type, message) => {
  const make = () => randomText(options as RandomTextOptions);

  expect(make).toThrow(type);
  expect(make).toThrow(message);
});
