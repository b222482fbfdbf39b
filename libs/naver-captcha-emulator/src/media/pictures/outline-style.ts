import type { Random } from '../random.js';
import { placeLetters } from './letters.js';
import { height, pathData, svg, width } from './svg.js';

/**
 * Outlined letters on colour, like lettering on a photograph. The background runs from dark to light under every
 * letter and is the same inside and outside of it, so a threshold of brightness does not separate the letters.
 */
export function drawOutline(text: string, random: Random): string {
  const letters = placeLetters(
    text,
    { rotation: 11, size: 0.07, wave: 8, bend: 2.8, height: 57, spacing: 0.1 },
    random,
  );
  return svg(
    background(random),
    `<path d="${curves(random)}${pathData(letters.flat())}" fill="none" stroke="#fff" stroke-width="2.3"/>`,
  );
}

/** Soft bands of colour across the picture at a slant, dark and light in turn. */
function background(random: Random): string {
  const hue = random.integer(0, 359);
  const stops = 9;
  const colours = Array.from({ length: stops }, (_, index) => {
    const light = index % 2 === 0 ? random.integer(10, 26) : random.integer(46, 60);
    const tint = (hue + random.integer(-60, 100) + 360) % 360;
    const offset = Math.min(1, Math.max(0, (index + random.between(-0.3, 0.3)) / (stops - 1)));
    return `<stop offset="${offset.toFixed(2)}" stop-color="hsl(${tint},${random.integer(40, 70)}%,${light}%)"/>`;
  });
  const slant = random.between(-0.6, 0.6).toFixed(2);
  return (
    `<linearGradient id="a" x1="0" y1="0" x2="1" y2="${slant}">${colours.join('')}</linearGradient>` +
    `<rect width="${width}" height="${height}" fill="url(#a)"/>`
  );
}

/** Three curves drawn with the same stroke as the letters, so that they cannot be filtered out by thickness. */
function curves(random: Random): string {
  return Array.from({ length: 3 }, () => {
    const [a, b, c, d] = [0, 1, 2, 3].map(() => random.integer(8, 92));
    return `M-5 ${a}C100 ${b} 200 ${c} 305 ${d}`;
  }).join('');
}
