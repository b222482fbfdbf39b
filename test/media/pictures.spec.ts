import { describe, expect, it } from '@jest/globals';
import {
  CLEAR_ALPHABET,
  drawPicture,
  PICTURE_ALPHABET,
  PICTURE_STYLES,
  type DrawPictureOptions,
} from 'captcha-media';
import sharp from 'sharp';

const hex = async (text: string, options: DrawPictureOptions) =>
  (await drawPicture(text, options)).toString('hex');

describe.each(PICTURE_STYLES)('a picture in the style %s', (style) => {
  it('is a JPEG of 300 by 100 pixels and about 10 KB, the same for the same seed', async () => {
    const draw = (seed: string) => drawPicture('HJ4RWX', { seed, style });
    const [first, second, other] = await Promise.all([draw('a'), draw('a'), draw('b')]);

    expect(await sharp(first).metadata()).toMatchObject({ format: 'jpeg', width: 300, height: 100 });
    expect(first.length).toBeLessThan(12_000);
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

  it('shows each character of the alphabet in another way', async () => {
    const pictures = await Promise.all(
      Array.from(PICTURE_ALPHABET, (character) => hex(character, { seed: 1, style })),
    );

    expect(new Set(pictures).size).toBe(36);
  });

  it('shows a long text', async () => {
    expect(await hex('K'.repeat(16), { seed: 1, style })).not.toBe(
      await hex('K'.repeat(15), { seed: 1, style }),
    );
  });

  it('does not depend on what was drawn before', async () => {
    const first = await hex('HJ4RUW', { seed: 1, style });
    await drawPicture('ACD', { seed: 2, style });

    expect(await hex('HJ4RUW', { seed: 1, style })).toBe(first);
  });
});

describe('plain letters', () => {
  it('keep away from the edges of the picture, and are dark on white', async () => {
    const picture = await drawPicture('HJ4RUW', { seed: 1, style: 'plain' });
    const { data, info } = await sharp(picture).greyscale().raw().toBuffer({ resolveWithObject: true });
    const dark = [...data].flatMap((value, i) => (value < 100 ? [i] : []));
    const rows = dark.map((i) => Math.floor(i / info.width));
    const columns = dark.map((i) => i % info.width);

    expect(dark.length).toBeGreaterThan(3000);
    expect([Math.min(...rows), Math.max(...rows)]).toEqual([30, 70]);
    expect(Math.min(...columns)).toBeGreaterThan(11);
    expect(Math.max(...columns)).toBeLessThan(288);
  });
});

describe('CLEAR_ALPHABET', () => {
  it('has characters that pictures can show, each once, and no vowels', () => {
    const characters = Array.from(CLEAR_ALPHABET);

    expect(characters.every((character) => PICTURE_ALPHABET.includes(character))).toBe(true);
    expect(new Set(characters).size).toBe(characters.length);
    expect(CLEAR_ALPHABET).not.toMatch(/[AEIOUY]/);
  });
});

describe('seeds', () => {
  const draw = (seed: DrawPictureOptions['seed']) => hex('HJ4RUW', { seed });

  it('of different types or lengths differ', async () => {
    const seeds = ['42', 42, new Uint8Array([52, 50]), '', new Uint8Array(), '\0', 0, '\ud800', '\udfff'];

    expect(new Set(await Promise.all(seeds.map(draw))).size).toBe(seeds.length);
  });

  it('with the same bytes are the same, in a Buffer, an array or a view of one', async () => {
    expect(await draw(Buffer.from([1, 2]))).toBe(await draw(new Uint8Array([1, 2])));
    expect(await draw(new Uint8Array([0, 1, 2, 3]).subarray(1, 3))).toBe(await draw(new Uint8Array([1, 2])));
    expect(await draw(-0)).toBe(await draw(0));
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
    [
      5,
      { seed: 1 },
      TypeError,
      /^text must be 1 to 16 of the characters ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/,
    ],
    ['', { seed: 1 }, RangeError, /has 0: make it with randomText/],
    ['A'.repeat(17), { seed: 1 }, RangeError, /has 17: make it with randomText/],
    ['AC-', { seed: 1 }, RangeError, /another at position 3: make it with randomText/],
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
      /^style must be one of 'photo', 'flow', 'plain': check the spelling/,
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
  });

  it('is not repeated in the message, because a text is an answer', async () => {
    await expect(drawPicture('HJ4RUWo', { seed: 1 })).rejects.not.toThrow('HJ4RUW');
  });

  it('are the defaults where options are undefined', async () => {
    const undefinedOptions = { style: undefined, width: undefined, height: undefined };

    expect(await hex('HJ4', { seed: 1, ...undefinedOptions })).toBe(await hex('HJ4', { seed: 1 }));
  });
});
