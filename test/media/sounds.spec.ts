import { describe, expect, it } from '@jest/globals';
import { speakDigits, type SpeakDigitsOptions } from 'captcha-media';

describe.each(['ko', 'en'] as const)('digits in %s', (lang) => {
  it('are about five seconds of WAV for six of them', () => {
    const bytes = speakDigits('063957', { seed: 1, lang });
    const rate = bytes.readUInt32LE(24);

    expect(bytes.toString('latin1', 0, 12)).toMatch(/^RIFF....WAVE$/s);
    expect([bytes.readUInt16LE(20), bytes.readUInt16LE(22), bytes.readUInt16LE(34)]).toEqual([1, 1, 16]);
    expect(bytes.readUInt32LE(40)).toBe(bytes.length - 44);
    const seconds = (bytes.length - 44) / 2 / rate;
    expect(seconds).toBeGreaterThan(3.5);
    expect(seconds).toBeLessThan(7);
  });

  it('are loud parts with quiet between them', () => {
    const bytes = speakDigits('063957', { seed: 1, lang });
    const rate = bytes.readUInt32LE(24);
    // About one per digit, as a digit may contain a pause.
    let stretches = 0;
    let quietFor = Infinity;
    for (let at = 44; at + 1 < bytes.length; at += 2) {
      const loud = Math.abs(bytes.readInt16LE(at)) > 1500;
      if (loud && quietFor > rate * 0.12) stretches += 1;
      quietFor = loud ? 0 : quietFor + 1;
    }
    expect(stretches).toBeGreaterThanOrEqual(6);
    expect(stretches).toBeLessThanOrEqual(8);
  });

  it('are the same for the same seed only', () => {
    const speak = (seed: number) => speakDigits('0123456789', { seed, lang });

    expect(speak(1).equals(speak(1))).toBe(true);
    expect(speak(1).equals(speak(2))).toBe(false);
  });

  it('have no digital silence, which would show where a digit begins', () => {
    const bytes = speakDigits('063957', { seed: 1, lang });
    let longest = 0;
    let silent = 0;
    for (let at = 44; at + 1 < bytes.length; at += 2) {
      silent = bytes.readInt16LE(at) === 0 ? silent + 1 : 0;
      longest = Math.max(longest, silent);
    }

    expect(longest).toBeLessThan(16);
  });
});

it('are Korean by default, and differ from English', () => {
  const [korean, english] = [speakDigits('12', { seed: 1 }), speakDigits('12', { seed: 1, lang: 'en' })];

  expect(korean.equals(speakDigits('12', { seed: 1, lang: 'ko' }))).toBe(true);
  expect(korean.equals(english)).toBe(false);
});

const refusals: readonly [unknown, unknown, typeof Error, RegExp][] = [
  [123, { seed: 1 }, TypeError, /^text must be 1 to 16 of the characters 0123456789/],
  ['', { seed: 1 }, RangeError, /has 0/],
  ['1'.repeat(17), { seed: 1 }, RangeError, /has 17/],
  [
    '12a',
    { seed: 1 },
    RangeError,
    /another at position 3: make it with randomText\(\{ alphabet: '0123456789'/,
  ],
  ['١٢', { seed: 1 }, RangeError, /another at position 1/],
  ['12', null, TypeError, /^options must be an object/],
  ['12', { lang: 'ko' }, TypeError, /^seed must be/],
  ['12', { seed: 1, lang: 'fr' }, RangeError, /^lang must be one of 'ko', 'en'/],
];

it.each(refusals)('%j with %p is refused', (text, options, type, message) => {
  const speak = () => speakDigits(text as string, options as SpeakDigitsOptions);

  expect(speak).toThrow(type);
  expect(speak).toThrow(message);
});
