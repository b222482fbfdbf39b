import type { Random } from '../random.js';
import { placeLetters } from './letters.js';
import type { Canvas, DrawStyle } from './style.js';
import { pathData } from './svg.js';

/**
 * Outlined letters on colour, like lettering on a photograph. The background runs from dark to light under every
 * letter and is the same inside and outside of it, so a threshold of brightness does not separate the letters.
 */
export const drawOutline: DrawStyle = (text, canvas, random) => {
  const letters = placeLetters(
    text,
    { rotation: 11, size: 0.07, wave: 8, bend: 2.8, height: 57, spacing: 0.1 },
    canvas,
    random,
  );
  return (
    background(canvas, random) +
    `<path d="${curves(canvas, random)}${pathData(letters.flat())}" fill="none" stroke="#fff" stroke-width="2.3"/>`
  );
};

/** Soft bands of colour across the picture at a slant, dark and light in turn. */
function background({ width, height }: Canvas, random: Random): string {
  const hue = random.integer(360);
  const stops = 9;
  const colours = Array.from({ length: stops }, (_, index) => {
    const light = index % 2 === 0 ? 10 + random.integer(17) : 46 + random.integer(15);
    const tint = (hue + 300 + random.integer(161)) % 360;
    const offset = Math.min(1, Math.max(0, (index + random.between(-0.3, 0.3)) / (stops - 1)));
    return `<stop offset="${offset.toFixed(2)}" stop-color="hsl(${tint},${40 + random.integer(31)}%,${light}%)"/>`;
  });
  const slant = random.between(-0.6, 0.6).toFixed(2);
  return (
    `<linearGradient id="a" x1="0" y1="0" x2="1" y2="${slant}">${colours.join('')}</linearGradient>` +
    `<rect width="${width}" height="${height}" fill="url(#a)"/>`
  );
}

/** Three curves drawn with the same stroke as the letters, so that they cannot be filtered out by thickness. */
function curves({ width }: Canvas, random: Random): string {
  const third = Math.round(width / 3);
  return Array.from({ length: 3 }, () => {
    const [a, b, c, d] = [0, 1, 2, 3].map(() => 8 + random.integer(85));
    return `M-5 ${a}C${third} ${b} ${2 * third} ${c} ${width + 5} ${d}`;
  }).join('');
}
