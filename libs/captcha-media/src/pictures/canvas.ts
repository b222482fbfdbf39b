import type { Size } from './style.js';

export type Colour = readonly [red: number, green: number, blue: number];

/** A colour picture in the making. */
export interface Canvas extends Size {
  /** Red, green and blue of each pixel, 0 to 255. */
  readonly values: Float32Array;
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
  const left = Math.max(0, Math.ceil(x - reachX));
  const last = Math.min(width - 1, Math.floor(x + reachX));
  const bottom = Math.min(height - 1, Math.floor(y + reachY));
  for (let row = Math.max(0, Math.ceil(y - reachY)); row <= bottom; row += 1)
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

function mixInto(values: Float32Array, at: number, value: number, cover: number): void {
  const under = values[at] ?? 0;
  values[at] = under + (value - under) * cover;
}
