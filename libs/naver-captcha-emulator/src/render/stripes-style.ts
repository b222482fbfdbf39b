import type { Random } from '../random/random.js';
import { mapContour, pathData, polygon, type Contour } from './contour.js';
import { bendMap, placeLetters } from './letters.js';
import { height, width } from './size.js';
import { svg } from './svg.js';

/**
 * Black and white stripes. Stripes, letters and lines are one path filled by the even-odd rule: wherever two of them
 * lie over each other the colour turns over, so a letter is never one colour throughout.
 */
export function drawStripes(text: string, random: Random): string {
  const letters = placeLetters(
    text,
    { rotation: 11, size: 0.08, wave: 8, bend: 3, height: 56, spacing: 0.02 },
    random,
  );
  const shapes = [...stripes(random), ...letters.flat(), ...lines(random)];
  return svg(
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<path d="${pathData(shapes)}" fill="#111" fill-rule="evenodd"/>`,
  );
}

function stripes(random: Random): Contour[] {
  const angle = (random.between(20, 65) * random.pick(1, -1) * Math.PI) / 180;
  const bend = bendMap(5, random);
  const reach = Math.hypot(width, height) / 2 + 20;
  const contours: Contour[] = [];
  for (let at = -reach + random.between(0, 20); at < reach;) {
    const thickness = random.between(11, 19);
    const left: [number, number][] = [];
    const right: [number, number][] = [];
    for (let along = -reach; along <= reach; along += 14) {
      left.push([at, along]);
      right.unshift([at + thickness, along]);
    }
    contours.push(
      mapContour(polygon([...left, ...right]), (x, y) =>
        bend(
          width / 2 + x * Math.cos(angle) - y * Math.sin(angle),
          height / 2 + x * Math.sin(angle) + y * Math.cos(angle),
        ),
      ),
    );
    at += thickness + random.between(11, 19);
  }
  return contours;
}

/** Two or three thin lines from edge to edge. */
function lines(random: Random): Contour[] {
  return Array.from({ length: random.integer(2, 3) }, () => {
    const top: [number, number][] = [];
    const bottom: [number, number][] = [];
    const from = random.between(15, 85);
    const to = random.between(15, 85);
    const wave = random.between(4, 10);
    const phase = random.between(0, 6.28);
    for (let x = -6; x <= width + 6; x += 8) {
      const y = from + ((to - from) * x) / width + wave * Math.sin(x / 32 + phase);
      top.push([x, y - 0.9]);
      bottom.unshift([x, y + 0.9]);
    }
    return polygon([...top, ...bottom]);
  });
}
