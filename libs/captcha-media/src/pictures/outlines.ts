import { ceil, floor, max, min, sqrt } from './arithmetic.js';
import { forEachEdge, type Letter } from './letters.js';
import type { Size } from './style.js';

/** The distance from each pixel to the nearest outline of a letter, in pixels; `reach` where it is farther than that. */
export function outlineDistance(letters: readonly Letter[], size: Size, reach: number): Float32Array {
  const squares = new Float32Array(size.width * size.height).fill(reach * reach);
  for (const letter of letters) {
    forEachEdge(letter, (fromX, fromY, toX, toY) => {
      nearEdge(squares, size, reach, [fromX, fromY, toX, toY]);
    });
  }
  return squares.map(sqrt);
}

type Edge = readonly [fromX: number, fromY: number, toX: number, toY: number];

/** Lowers the squares of the distances around a straight line. */
function nearEdge(
  squares: Float32Array,
  { width, height }: Size,
  reach: number,
  [fromX, fromY, toX, toY]: Edge,
): void {
  const alongX = toX - fromX;
  const alongY = toY - fromY;
  const length = alongX * alongX + alongY * alongY || 1;
  const left = max(0, ceil(min(fromX, toX) - reach));
  const right = min(width - 1, floor(max(fromX, toX) + reach));
  const bottom = min(height - 1, floor(max(fromY, toY) + reach));
  for (let y = max(0, ceil(min(fromY, toY) - reach)); y <= bottom; y += 1) {
    const dy = y - fromY;
    for (let x = left; x <= right; x += 1) {
      const dx = x - fromX;
      const share = (dx * alongX + dy * alongY) / length;
      const on = share < 0 ? 0 : share > 1 ? 1 : share;
      const offX = dx - on * alongX;
      const offY = dy - on * alongY;
      const square = offX * offX + offY * offY;
      const pixel = y * width + x;
      if (square < (squares[pixel] ?? 0)) squares[pixel] = square;
    }
  }
}

/** The pixels inside a letter, as indices. */
export function pixelsInside(letter: Letter, { width, height }: Size): readonly number[] {
  const top = max(0, ceil(letter.box.top));
  const bottom = min(height - 1, floor(letter.box.bottom));
  const crossings = Array.from({ length: max(0, bottom - top + 1) }, (): number[] => []);
  forEachEdge(letter, (fromX, fromY, toX, toY) => {
    const last = min(bottom, ceil(max(fromY, toY)) - 1);
    for (let y = max(top, ceil(min(fromY, toY))); y <= last; y += 1)
      crossings[y - top]?.push(fromX + ((y - fromY) / (toY - fromY)) * (toX - fromX));
  });
  const pixels: number[] = [];
  crossings.forEach((xs, row) => {
    xs.sort((a, b) => a - b);
    for (let i = 0; i + 1 < xs.length; i += 2) {
      const last = min(width - 1, floor(xs[i + 1] ?? 0));
      for (let x = max(0, ceil(xs[i] ?? 0)); x <= last; x += 1) pixels.push((top + row) * width + x);
    }
  });
  return pixels;
}
