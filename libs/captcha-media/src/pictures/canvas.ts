import { ceil, floor, max, min } from './arithmetic.js';
import type { Size } from './style.js';

export type Colour = readonly [red: number, green: number, blue: number];

/** A colour picture in the making. */
export interface Canvas extends Size {
  /** Red, green and blue of each pixel; rounded and kept between 0 and 255 by the array. */
  readonly values: Uint8ClampedArray;
}

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly reachX: number;
  readonly reachY: number;
}

/** Calls back for each pixel of an area with its distances from the middle of the area. */
export function forEachPixel(
  { width, height }: Size,
  { x, y, reachX, reachY }: Area,
  visit: (pixel: number, right: number, down: number) => void,
): void {
  const left = max(0, ceil(x - reachX));
  const last = min(width - 1, floor(x + reachX));
  const bottom = min(height - 1, floor(y + reachY));
  for (let row = max(0, ceil(y - reachY)); row <= bottom; row += 1)
    for (let column = left; column <= last; column += 1) visit(row * width + column, column - x, row - y);
}

/** Mixes a colour times `light`, plus `glow`, into a pixel; `cover` is its share, 0 to 1. */
export function paint(
  { values }: Canvas,
  pixel: number,
  [red, green, blue]: Colour,
  light: number,
  glow = 0,
  cover = 1,
): void {
  const at = 3 * pixel;
  mixInto(values, at, red * light + glow, cover);
  mixInto(values, at + 1, green * light + glow, cover);
  mixInto(values, at + 2, blue * light + glow, cover);
}

function mixInto(values: Uint8ClampedArray, at: number, value: number, cover: number): void {
  const under = values[at] ?? 0;
  values[at] = under + (value - under) * cover;
}
