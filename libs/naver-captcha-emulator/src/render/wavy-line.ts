import type { Random } from '../random/random.js';
import type { Contour } from './contour.js';
import { ribbon } from './ribbon.js';
import { height, width } from './size.js';

/** A thin line from the left edge of the picture to the right one, up and down through the letters. */
export function wavyLine(thickness: number, random: Random): Contour {
  const from = random.between(0.25, 0.75) * height;
  const rise = random.between(-0.25, 0.25) * height;
  const wave = random.between(4, 11);
  const length = random.between(22, 40);
  const phase = random.between(0, 2 * Math.PI);
  return ribbon(-6, width + 6, 8, (x) => {
    const y = from + (rise * x) / width + wave * Math.sin(x / length + phase);
    return [
      [x, y - thickness / 2],
      [x, y + thickness / 2],
    ];
  });
}
