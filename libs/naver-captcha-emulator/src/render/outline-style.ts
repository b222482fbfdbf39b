import type { Random } from '../random/random.js';
import { pathData } from './contour.js';
import { placeLetters } from './letters.js';
import { height, width } from './size.js';
import { svg } from './svg.js';

/**
 * Outlined letters on colour, like lettering on a photograph. The background runs from dark to light under every
 * letter and the outline is white with a dark rim, so that no single brightness divides letters from background.
 */
export function drawOutline(text: string, random: Random): string {
  const letters = placeLetters(
    text,
    { rotation: 12, size: 0.08, wave: 8, bend: 3, height: 56, spacing: 0.02 },
    random,
  );
  const data = pathData(letters.flat());
  return svg(background(random), lines(random), stroke(data), lines(random));
}

const stroke = (data: string): string =>
  `<g fill="none" stroke-linejoin="round"><path d="${data}" stroke="#000" stroke-opacity=".55" stroke-width="4.6"/>` +
  `<path d="${data}" stroke="#fff" stroke-width="2.2"/></g>`;

function background(random: Random): string {
  const hue = random.integer(0, 359);
  const blobs = Array.from({ length: 9 }, (_, index) => {
    const light = index % 2 === 0 ? random.integer(22, 38) : random.integer(60, 76);
    const colour = `hsl(${(hue + random.integer(-50, 90) + 360) % 360},${random.integer(35, 65)}%,${light}%)`;
    const x = Math.round(random.between(-10, 50) + (index * width) / 9);
    return `<ellipse cx="${x}" cy="${random.integer(0, height)}" rx="${random.integer(22, 46)}" ry="${random.integer(22, 50)}" fill="${colour}"/>`;
  });
  return `<rect width="${width}" height="${height}" fill="hsl(${hue},45%,48%)"/>${blobs.join('')}`;
}

function lines(random: Random): string {
  return Array.from({ length: 2 }, () => {
    const y = [0, 1, 2, 3].map(() => random.integer(10, 90));
    const data = `M-5 ${y[0]}C100 ${y[1]} 200 ${y[2]} 305 ${y[3]}`;
    return stroke(data);
  }).join('');
}
