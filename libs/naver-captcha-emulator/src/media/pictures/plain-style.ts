import type { Random } from '../random.js';
import { placeLetters } from './letters.js';
import { height, pathData, svg, width } from './svg.js';

/** Upright dark letters on white, for tests that need a picture but not a captcha that is hard to read. */
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
