import type { Random } from '../random.js';
import { clamp, round } from './arithmetic.js';
import { mapLetter, type Letter } from './letters.js';
import { smoothNoise } from './noise.js';
import { unitOf, type Size } from './style.js';

/** Most pixels that a point of an outline moves to each side, in a picture 100 pixels high. */
const most = 2.6;

/** Bends letters as if the picture were stretched here and pressed together there, so that no letter looks like its font. */
export function bendLetters(letters: readonly Letter[], size: Size, random: Random): readonly Letter[] {
  const unit = unitOf(size);
  const right = smoothNoise(size, 22 * unit, random);
  const down = smoothNoise(size, 22 * unit, random);
  return letters.map((letter) =>
    mapLetter(letter, (x, y) => {
      const row = clamp(round(y), 0, size.height - 1);
      const pixel = row * size.width + clamp(round(x), 0, size.width - 1);
      return [x + most * unit * (right[pixel] ?? 0), y + most * unit * (down[pixel] ?? 0)];
    }),
  );
}
