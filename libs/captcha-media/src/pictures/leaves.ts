import type { Random } from '../random.js';
import { abs, clamp, cosine, floor, sine } from './arithmetic.js';
import { forEachPixel, paint, type Canvas, type Colour } from './canvas.js';
import { unitOf } from './style.js';

export interface Palette {
  readonly ground: Colour;
  readonly leaves: readonly [Colour, ...Colour[]];
  /** Of every tenth leaf. */
  readonly accent: Colour;
}

/** The share of leaves whose rim is as wide and bright as the outlines of letters: no filter keeps the letters alone. */
const whiteRims = 0.55;
const shadow: Colour = [0, 0, 0];

/** A leaf of a random size, place and direction, with ribs, a bright rim and a shadow. */
export function paintLeaf(canvas: Canvas, palette: Palette, random: Random): void {
  const unit = unitOf(canvas);
  const long = random.between(14, 34) * unit;
  const wide = long * random.between(0.26, 0.5);
  const curl = long * random.between(-0.25, 0.25);
  const turns = random.next();
  const [cos, sin] = [cosine(turns), sine(turns)];
  const colour = random.next() < 0.1 ? palette.accent : random.pick(...palette.leaves);
  const light = random.between(0.6, 1.25);
  const rim =
    random.next() < whiteRims ? { light: 230, width: 2.6 } : { light: random.between(40, 170), width: 1.8 };
  const ribs = random.between(5, 8) / long;
  const side = wide + abs(curl) + unit;
  const area = {
    x: random.between(-10 * unit, canvas.width + 10 * unit),
    y: random.between(-10 * unit, canvas.height + 10 * unit),
    reachX: long * abs(cos) + side * abs(sin),
    reachY: long * abs(sin) + side * abs(cos),
  };
  forEachPixel(canvas, area, (pixel, right, down) => {
    const along = (right * cos + down * sin) / long;
    const room = 1 - along * along;
    if (room <= 0) return;
    const across = down * cos - right * sin - curl * room;
    const off = abs(across);
    const depth = (wide * room * (1 - 0.25 * along) - off) / unit;
    if (depth < -1.5) return;
    const cover = clamp(depth + 0.5, 0, 1);
    if (depth < 0.5) paint(canvas, pixel, shadow, 1, 0, 0.38);
    if (cover === 0) return;
    const rib = ribLight((along * long - off * 0.8) * ribs, off / unit);
    const shade = light * (across < 0 ? 0.82 : 1.12) * rib * (0.75 + 0.25 * clamp(depth / 8, 0, 1));
    paint(canvas, pixel, colour, shade, rim.light * clamp(rim.width - depth, 0, 1), cover);
  });
}

function ribLight(position: number, off: number): number {
  if (off < 0.8) return 1.35;
  return position - floor(position) < 0.14 ? 1.16 : 1;
}
