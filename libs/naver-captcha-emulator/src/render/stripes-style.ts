import type { Random } from '../random/random.js';
import { mapContour, pathData, type Contour } from './contour.js';
import { bendMap, placeLetters } from './letters.js';
import { ribbon } from './ribbon.js';
import { height, width } from './size.js';
import { svg } from './svg.js';
import { wavyLine } from './wavy-line.js';

/**
 * Black and white stripes. Stripes, letters and lines are one path filled by the even-odd rule: wherever two of them
 * lie over each other the colour turns over, so that no letter is of one colour and none stands out by its brightness.
 */
export function drawStripes(text: string, random: Random): string {
  const letters = placeLetters(
    text,
    { rotation: 9, size: 0.06, wave: 6, bend: 2.4, height: 60, spacing: 0.1 },
    random,
  );
  const shapes = [...stripes(random), ...letters.flat(), wavyLine(1.4, random), wavyLine(1.4, random)];
  return svg(
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<path d="${pathData(shapes)}" fill="#111" fill-rule="evenodd"/>`,
  );
}

/** About as wide as a stroke is thick or wider: narrower ones break letters up until nobody reads them. */
const thickness = (random: Random): number => random.between(34, 56);

function stripes(random: Random): Contour[] {
  const angle = (random.between(12, 42) * random.pick(1, -1) * Math.PI) / 180;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const bend = bendMap(7, random);
  const place = (x: number, y: number): readonly [number, number] =>
    bend(width / 2 + x * cos - y * sin, height / 2 + x * sin + y * cos);
  const reach = Math.hypot(width, height) / 2 + 20;
  const contours: Contour[] = [];
  for (let at = random.between(0, 56) - reach; at < reach; at += thickness(random)) {
    const from = at;
    at += thickness(random);
    contours.push(
      mapContour(
        ribbon(-reach, reach, 9, (along) => [
          [from, along],
          [at, along],
        ]),
        place,
      ),
    );
  }
  return contours;
}
