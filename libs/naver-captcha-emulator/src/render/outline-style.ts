import type { Random } from '../random/random.js';
import { pathData } from './contour.js';
import { placeLetters } from './letters.js';
import { height, width } from './size.js';
import { svg } from './svg.js';

/**
 * Outlined letters on colour, like lettering on a photograph. The background runs from dark to light under every
 * letter, and the outline is white with a dark rim, so that no single brightness parts letters from background.
 */
export function drawOutline(text: string, random: Random): string {
  const letters = placeLetters(
    text,
    { rotation: 11, size: 0.07, wave: 8, bend: 2.8, height: 57, spacing: 0.1 },
    random,
  );
  return svg(background(random), stroke(curves(random)), stroke(pathData(letters.flat())));
}

const stroke = (data: string): string =>
  `<g fill="none" stroke-linejoin="round"><path d="${data}" stroke="#000" stroke-opacity=".5" stroke-width="4.4"/>` +
  `<path d="${data}" stroke="#fff" stroke-width="2.1"/></g>`;

function background(random: Random): string {
  const hue = random.integer(0, 359);
  const spots = 10;
  const drawn = Array.from({ length: spots }, (_, index) => {
    const light = index % 2 === 0 ? random.integer(14, 30) : random.integer(62, 80);
    const tint = (hue + random.integer(-60, 100) + 360) % 360;
    const colour = `hsl(${tint},${random.integer(35, 70)}%,${light}%)`;
    const x = Math.round(((index + random.between(0, 1)) * width) / spots);
    return {
      definition:
        `<radialGradient id="s${index}"><stop offset=".35" stop-color="${colour}"/>` +
        `<stop offset="1" stop-color="${colour}" stop-opacity="0"/></radialGradient>`,
      spot: `<ellipse cx="${x}" cy="${random.integer(0, height)}" rx="${random.integer(28, 52)}" ry="${random.integer(30, 60)}" fill="url(#s${index})"/>`,
    };
  });
  return [
    `<defs>${drawn.map(({ definition }) => definition).join('')}</defs>`,
    `<rect width="${width}" height="${height}" fill="hsl(${hue},40%,46%)"/>`,
    ...drawn.map(({ spot }) => spot),
  ].join('');
}

/** Lines of the letters' own make. */
function curves(random: Random): string {
  return Array.from({ length: 3 }, () => {
    const [a, b, c, d] = [0, 1, 2, 3].map(() => random.integer(8, 92));
    return `M-5 ${a}C100 ${b} 200 ${c} 305 ${d}`;
  }).join('');
}
