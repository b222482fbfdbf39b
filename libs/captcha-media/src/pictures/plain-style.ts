import { placeLetters } from './letters.js';
import type { DrawStyle } from './style.js';
import { pathData } from './svg.js';

/** Upright dark letters on white, for tests that need a picture but not a captcha that is hard to read. */
export const drawPlain: DrawStyle = (text, canvas, random) => {
  const letters = placeLetters(
    text,
    { rotation: 0, size: 0, wave: 0, bend: 0, height: 42, spacing: 0.06 },
    canvas,
    random,
  );
  return (
    `<rect width="${canvas.width}" height="${canvas.height}" fill="#fff"/>` +
    `<path d="${pathData(letters.flat())}" fill="#222"/>`
  );
};
