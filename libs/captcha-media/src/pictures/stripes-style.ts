import type { Random } from '../random.js';
import { bendMap, placeLetters } from './letters.js';
import type { Canvas, DrawStyle } from './style.js';
import { bandContour, mapContour, pathData, type Contour } from './svg.js';

/**
 * Black and white stripes. Stripes, letters and lines are one path filled by the even-odd rule: where two of them
 * overlap, black becomes white and white black, so no letter has a single colour that a threshold could pick out.
 */
export const drawStripes: DrawStyle = (text, canvas, random) => {
  const letters = placeLetters(
    text,
    { rotation: 9, size: 0.06, wave: 6, bend: 2.4, height: 60, spacing: 0.1 },
    canvas,
    random,
  );
  const lines = [wavyLine(1.4, canvas, random), wavyLine(1.4, canvas, random)];
  const shapes = [...stripes(canvas, random), ...letters.flat(), ...lines];
  return (
    `<rect width="${canvas.width}" height="${canvas.height}" fill="#fff"/>` +
    `<path d="${pathData(shapes)}" fill="#111" fill-rule="evenodd"/>`
  );
};

/** Units of the canvas. At least about the thickness of a stroke: narrower stripes cut letters into pieces that people cannot read. */
const thickness = (random: Random): number => random.between(34, 56);

function stripes({ width, height }: Canvas, random: Random): Contour[] {
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
        bandContour(-reach, reach, 9, (along) => [
          [from, along],
          [at, along],
        ]),
        place,
      ),
    );
  }
  return contours;
}

/** A thin wavy line through the letters, from the left edge of the picture to the right edge. */
function wavyLine(thickness: number, { width, height }: Canvas, random: Random): Contour {
  const from = random.between(0.25, 0.75) * height;
  const rise = random.between(-0.25, 0.25) * height;
  const wave = random.between(4, 11);
  const length = random.between(22, 40);
  const phase = random.between(0, 2 * Math.PI);
  return bandContour(-6, width + 6, 8, (x) => {
    const y = from + (rise * x) / width + wave * Math.sin(x / length + phase);
    return [
      [x, y - thickness / 2],
      [x, y + thickness / 2],
    ];
  });
}
