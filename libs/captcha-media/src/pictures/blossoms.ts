import type { Random } from '../random.js';
import { abs, clamp, cosine, min, sine } from './arithmetic.js';
import { forEachPixel, paint, type Canvas, type Colour } from './canvas.js';
import { unitOf } from './style.js';

const heart: Colour = [214, 168, 60];

/** A blossom with pale petals, about as bright as the outlines of letters. */
export function paintBlossom(canvas: Canvas, random: Random): void {
  const unit = unitOf(canvas);
  const reach = random.between(10, 19) * unit;
  const petals = directions(random.pick(5, 5, 6), random.next());
  const colour = random.pick<Colour>([250, 226, 234], [246, 240, 220], [236, 236, 250], [252, 214, 222]);
  const area = {
    x: random.between(0, canvas.width),
    y: random.between(0, canvas.height),
    reachX: reach,
    reachY: reach,
  };
  forEachPixel(canvas, area, (pixel, right, down) => {
    if (right * right + down * down < 0.035 * reach * reach) {
      paint(canvas, pixel, heart, 1);
      return;
    }
    const { along, off } = inPetal(petals, right / reach, down / reach);
    const edge = 0.5 * along * (1.9 - 1.75 * along) + 0.06;
    const cover = clamp(((edge - off) * reach) / unit + 0.5, 0, 1);
    if (cover === 0 || along > 1) return;
    const light = 0.58 + 0.42 * along - 0.25 * (off / edge) * (1 - along) - (off < 0.035 ? 0.1 : 0);
    paint(canvas, pixel, colour, min(1, light), 0, cover);
  });
}

type Direction = readonly [cos: number, sin: number];

const directions = (count: number, turns: number): readonly Direction[] =>
  Array.from({ length: count }, (_, i) => [cosine(turns + i / count), sine(turns + i / count)] as const);

/** Where a point is in the petal that it belongs to: how far along it, and off its middle. */
function inPetal(petals: readonly Direction[], right: number, down: number): { along: number; off: number } {
  let along = -2;
  let off = 0;
  for (const [cos, sin] of petals) {
    const far = right * cos + down * sin;
    if (far <= along) continue;
    along = far;
    off = abs(down * cos - right * sin);
  }
  return { along, off };
}
