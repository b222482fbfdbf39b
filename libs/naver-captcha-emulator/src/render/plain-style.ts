import type { Random } from '../random/random.js';
import { pathData } from './contour.js';
import { placeLetters } from './letters.js';
import { height, width } from './size.js';
import { svg } from './svg.js';

/** Upright dark letters on white: for tests of people's own pages, where the picture only has to be there. */
export function drawPlain(text: string, random: Random): string {
  const letters = placeLetters(
    text,
    { rotation: 0, size: 0, wave: 0, bend: 0, height: 42, spacing: 0.06 },
    random,
  );
  return svg(
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<path d="${pathData(letters.flat())}" fill="#222"/>`,
  );
}
