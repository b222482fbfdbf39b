import type { Random } from '../random.js';
import { ceil, floor } from './arithmetic.js';
import type { Size } from './style.js';

/** Random values from -1 to 1, a value a pixel, that change smoothly over about `cell` pixels. */
export function smoothNoise({ width, height }: Size, cell: number, random: Random): Float32Array {
  const columns = ceil(width / cell) + 2;
  const rows = ceil(height / cell) + 2;
  const lattice = Float32Array.from({ length: columns * rows }, () => random.between(-1, 1));
  const across = positions(width, cell, random.next());
  const down = positions(height, cell, random.next());
  const noise = new Float32Array(width * height);
  let pixel = 0;
  for (let y = 0; y < height; y += 1) {
    const row = (down.cells[y] ?? 0) * columns;
    const v = down.shares[y] ?? 0;
    for (let x = 0; x < width; x += 1) {
      const at = row + (across.cells[x] ?? 0);
      const u = across.shares[x] ?? 0;
      const upper = mix(lattice[at] ?? 0, lattice[at + 1] ?? 0, u);
      const lower = mix(lattice[at + columns] ?? 0, lattice[at + columns + 1] ?? 0, u);
      noise[pixel] = mix(upper, lower, v);
      pixel += 1;
    }
  }
  return noise;
}

const mix = (from: number, to: number, share: number): number => from + (to - from) * share;

/** The cell of each pixel of a row or column, and how far the pixel is on its way to the next cell. */
function positions(
  length: number,
  cell: number,
  offset: number,
): { cells: Int32Array; shares: Float32Array } {
  const cells = new Int32Array(length);
  const shares = new Float32Array(length);
  for (let i = 0; i < length; i += 1) {
    const at = i / cell + offset;
    const share = at - floor(at);
    cells[i] = floor(at);
    shares[i] = share * share * (3 - 2 * share);
  }
  return { cells, shares };
}
