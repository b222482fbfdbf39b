import type { Random } from '../random/random.js';
import { pathData } from './contour.js';
import { placeLetters } from './letters.js';
import { height, width } from './size.js';
import { svg } from './svg.js';

/**
 * Outlined letters on colour, like lettering on a photograph. The background runs from dark to light under every
 * letter, and letters are but a shade darker than what lies behind them, so that no brightness parts one from the other.
 */
export function drawOutline(text: string, random: Random): string {
  const letters = placeLetters(
    text,
    { rotation: 11, size: 0.07, wave: 8, bend: 2.8, height: 57, spacing: 0.1 },
    random,
  );
  return svg(
    background(random),
    '<g stroke="#fff" stroke-width="2.2">',
    `<path d="${curves(random)}" fill="none"/>`,
    `<path d="${pathData(letters.flat())}" fill="#000" fill-opacity=".3"/>`,
    '</g>',
  );
}

/** Two gradients across each other: soft patches of colour, dark and light by turns. */
function background(random: Random): string {
  const hue = random.integer(0, 359);
  const along = gradient('a', { x: 1, y: random.between(-0.4, 0.4), stops: 9 }, hue, random);
  const across = gradient('b', { x: random.between(-0.5, 0.5), y: 1, stops: 4 }, hue + 60, random);
  const fill = (id: string, opacity: number): string =>
    `<rect width="${width}" height="${height}" fill="url(#${id})" fill-opacity="${opacity}"/>`;
  return `<defs>${along}${across}</defs>${fill('a', 1)}${fill('b', 0.4)}`;
}

interface Direction {
  readonly x: number;
  readonly y: number;
  readonly stops: number;
}

function gradient(id: string, { x, y, stops }: Direction, hue: number, random: Random): string {
  const colours = Array.from({ length: stops }, (_, index) => {
    const light = index % 2 === 0 ? random.integer(10, 30) : random.integer(54, 70);
    const tint = (hue + random.integer(-50, 90) + 360) % 360;
    const offset = Math.min(1, Math.max(0, (index + random.between(-0.3, 0.3)) / (stops - 1)));
    return `<stop offset="${offset.toFixed(2)}" stop-color="hsl(${tint},${random.integer(35, 70)}%,${light}%)"/>`;
  });
  return `<linearGradient id="${id}" x1="0" y1="0" x2="${x.toFixed(2)}" y2="${y.toFixed(2)}">${colours.join('')}</linearGradient>`;
}

/** Lines of the letters' own make. */
function curves(random: Random): string {
  return Array.from({ length: 3 }, () => {
    const [a, b, c, d] = [0, 1, 2, 3].map(() => random.integer(8, 92));
    return `M-5 ${a}C100 ${b} 200 ${c} 305 ${d}`;
  }).join('');
}
