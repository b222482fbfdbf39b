import type { Random } from '../random/random.js';
import { mapContour, pathData, polygon, type Contour } from './contour.js';
import { bendMap, placeLetters } from './letters.js';
import { height, width } from './size.js';
import { svg } from './svg.js';

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
  const shapes = [...stripes(random), ...letters.flat(), ...lines(random)];
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
        ribbon(-reach, reach, (along) => [
          [from, along],
          [at, along],
        ]),
        place,
      ),
    );
  }
  return contours;
}

/** Thin lines from edge to edge. */
function lines(random: Random): Contour[] {
  return Array.from({ length: 2 }, () => {
    const from = random.between(25, 75);
    const rise = random.between(-20, 20);
    const wave = random.between(4, 9);
    const phase = random.between(0, 2 * Math.PI);
    return ribbon(-6, width + 6, (x) => {
      const y = from + (rise * x) / width + wave * Math.sin(x / 32 + phase);
      return [
        [x, y - 0.7],
        [x, y + 0.7],
      ];
    });
  });
}

type Point = readonly [number, number];

/** The outline of a band, from its two edges at every step. */
function ribbon(from: number, to: number, edges: (along: number) => readonly [Point, Point]): Contour {
  const there: Point[] = [];
  const back: Point[] = [];
  for (let along = from; along <= to; along += 18) {
    const [one, other] = edges(along);
    there.push(one);
    back.unshift(other);
  }
  return polygon([...there, ...back]);
}
