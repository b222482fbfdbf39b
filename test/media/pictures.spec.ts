import { describe, expect, it } from '@jest/globals';
import {
  drawPicture,
  drawSvg,
  PICTURE_ALPHABET,
  PICTURE_STYLES,
  type DrawPictureOptions,
} from 'captcha-media';
import sharp from 'sharp';

describe.each(PICTURE_STYLES)('a picture in the style %s', (style) => {
  it('is a JPEG of 300 by 100 pixels, the same for the same seed', async () => {
    const draw = (seed: string) => drawPicture('HJ4', { seed, style });
    const [first, second, other] = await Promise.all([draw('a'), draw('a'), draw('b')]);

    expect(await sharp(first).metadata()).toMatchObject({ format: 'jpeg', width: 300, height: 100 });
    expect(first.length).toBeLessThan(20_000);
    expect(second.equals(first)).toBe(true);
    expect(other.equals(first)).toBe(false);
  });

  it.each([
    [{ height: 50 }, [150, 50]],
    [{ height: 400, width: 2000 }, [2000, 400]],
    [{ height: 99, width: 198 }, [198, 99]],
    [{ width: 500 }, [500, 100]],
  ] as const)('has the size of %j', async (size, [width, height]) => {
    const picture = await drawPicture('HJ4RUW', { seed: 1, style, ...size });

    expect(await sharp(picture).metadata()).toMatchObject({ width, height });
  });

  it('shows every character of the alphabet, also where the text is long', () => {
    for (const text of [...Array.from(PICTURE_ALPHABET), PICTURE_ALPHABET.slice(0, 16)])
      expect(drawSvg(text, { seed: 1, style })).toMatch(/^<svg [^]*<path d="M[^"]{100,}"[^]*<\/svg>$/);
  });

  it('shows other letters for another text, in the same place for the same seed', () => {
    const draw = (text: string) => drawSvg(text, { seed: 1, style });

    expect(draw('HJ4')).not.toBe(draw('HJ6'));
  });

  it('does not depend on what was drawn before', () => {
    const first = drawSvg('HJ4RUW', { seed: 1, style });
    drawSvg('ACD', { seed: 2, style });

    expect(drawSvg('HJ4RUW', { seed: 1, style })).toBe(first);
  });
});

describe('seeds', () => {
  const svg = (seed: DrawPictureOptions['seed']) => drawSvg('HJ4RUW', { seed });

  it('of different types or lengths differ', () => {
    const seeds = ['42', 42, new Uint8Array([52, 50]), '', new Uint8Array(), '\0', 0, '\ud800', '\udfff'];

    expect(new Set(seeds.map(svg)).size).toBe(seeds.length);
  });

  it('with the same bytes are the same, in a Buffer, an array or a view of one', () => {
    expect(svg(Buffer.from([1, 2]))).toBe(svg(new Uint8Array([1, 2])));
    expect(svg(new Uint8Array([0, 1, 2, 3]).subarray(1, 3))).toBe(svg(new Uint8Array([1, 2])));
    expect(svg(-0)).toBe(svg(0));
  });

  it('are read before the caller can change them', async () => {
    const seed = new Uint8Array([1, 2]);
    const drawing = drawPicture('HJ4RUW', { seed });
    seed.fill(9);

    expect((await drawing).equals(await drawPicture('HJ4RUW', { seed: new Uint8Array([1, 2]) }))).toBe(true);
  });
});

describe('what cannot be drawn', () => {
  const refusals: readonly [unknown, unknown, typeof Error, RegExp][] = [
    [5, { seed: 1 }, TypeError, /^text must be 1 to 16 of the characters ACDEHJKMNPRTUWY469/],
    ['', { seed: 1 }, RangeError, /has 0: make it with randomText/],
    ['A'.repeat(17), { seed: 1 }, RangeError, /has 17: make it with randomText/],
    ['ACO', { seed: 1 }, RangeError, /another at position 3: make it with randomText/],
    ['HJ4r', { seed: 1 }, RangeError, /another at position 4/],
    ['가', { seed: 1 }, RangeError, /another at position 1/],
    ['HJ4RUW', undefined, TypeError, /^options must be an object/],
    ['HJ4RUW', {}, TypeError, /^seed must be a string, a finite number or a Uint8Array/],
    ['HJ4RUW', { seed: NaN }, TypeError, /^seed must be/],
    ['HJ4RUW', { seed: 1n }, TypeError, /^seed must be/],
    [
      'HJ4RUW',
      { seed: 1, style: 'fancy' },
      RangeError,
      /^style must be one of 'stripes', .*check the spelling/,
    ],
    ['HJ4RUW', { seed: 1, style: 1 }, TypeError, /^style must be one of/],
    ['HJ4RUW', { seed: 1, height: 49 }, RangeError, /^height must be a whole number from 50 to 400/],
    ['HJ4RUW', { seed: 1, height: 100.5 }, RangeError, /^height must be/],
    ['HJ4RUW', { seed: 1, height: '100' }, TypeError, /^height must be/],
    ['HJ4RUW', { seed: 1, width: 199 }, RangeError, /^width must be a whole number from 200 to 500/],
    ['HJ4RUW', { seed: 1, width: Infinity }, RangeError, /^width must be/],
  ];

  it.each(refusals)('%j with %p is refused', async (text, options, type, message) => {
    const drawing = drawPicture(text as string, options as DrawPictureOptions);
    const error: unknown = await drawing.catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(type);
    expect((error as Error).message).toMatch(message);
    expect(() => drawSvg(text as string, options as DrawPictureOptions)).toThrow(message);
  });

  it('is not repeated in the message, because a text is an answer', () => {
    expect(() => drawSvg('HJ4RUWo', { seed: 1 })).not.toThrow('HJ4RUW');
  });

  it('are the defaults where options are undefined', () => {
    const undefinedOptions = { style: undefined, width: undefined, height: undefined };

    expect(drawSvg('HJ4', { seed: 1, ...undefinedOptions })).toBe(drawSvg('HJ4', { seed: 1 }));
  });
});
