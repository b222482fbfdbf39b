// Loaded with the package, not at the first picture: a sharp that cannot run fails the start of an application, and
// loading takes longer in a process that already serves requests.
import sharp from 'sharp';
import { assertObject, oneOf, textOf, wholeNumber } from '../checks.js';
import { Random } from '../random.js';
import type { Seed } from '../seed.js';
import { PICTURE_ALPHABET } from './letters.js';
import { PICTURE_STYLES, styles, type PictureStyle } from './styles.js';

export interface DrawPictureOptions {
  /** The same seed, text and options give the same picture. A visitor who knows it can undo the noise. */
  readonly seed: Seed;
  /** @default 'flow' */
  readonly style?: PictureStyle | undefined;
  /** Pixels, 2 to 5 times the height. @default three times the height */
  readonly width?: number | undefined;
  /** Pixels, 50 to 400. @default 100 */
  readonly height?: number | undefined;
}

/**
 * The picture of a text as a JPEG.
 *
 * @throws {TypeError} if text or an option is of another type
 * @throws {RangeError} if text has characters that are not in PICTURE_ALPHABET, or an option is out of bounds
 */
export async function drawPicture(text: string, options: DrawPictureOptions): Promise<Buffer> {
  assertObject(options, "{ seed: 'a secret' }");
  const drawn = textOf(text, PICTURE_ALPHABET);
  const style = oneOf('style', options.style ?? 'flow', PICTURE_STYLES);
  const height = wholeNumber('height', options.height ?? 100, 50, 400);
  const width = wholeNumber('width', options.width ?? 3 * height, 2 * height, 5 * height);
  const size = { width, height };
  const { data, channels, quality } = styles[style](drawn, size, new Random('picture', options.seed));
  return sharp(data, { raw: { ...size, channels } })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .jpeg({ quality })
    .toBuffer();
}
