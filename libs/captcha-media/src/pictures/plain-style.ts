import { clamp, min, round } from './arithmetic.js';
import { moveLetter, shapeLetter, type Letter } from './letters.js';
import { outlineDistance, pixelsInside } from './outlines.js';
import { unitOf, type DrawStyle, type Size } from './style.js';

const paper = 255;
const ink = 34;
const margin = 13;
const gap = 5;

/** Upright dark letters on white, for tests that need a picture but not a captcha that is hard to read. */
export const drawPlain: DrawStyle = (text, size, random) => {
  const unit = unitOf(size);
  const letters = inRow(text, size, random.between(0, 1));
  const distance = outlineDistance(letters, size, unit);
  const inside = new Uint8Array(distance.length);
  for (const letter of letters) for (const pixel of pixelsInside(letter, size)) inside[pixel] = 1;
  const data = new Uint8Array(distance.length);
  distance.forEach((away, pixel) => {
    const cover = clamp(0.5 + (inside[pixel] === 1 ? away : -away), 0, 1);
    data[pixel] = round(paper + (ink - paper) * cover);
  });
  return { data, channels: 1, quality: 50 };
};

/** Side by side, `share` of the free room to the left. A text that is too long is made narrower. */
function inRow(text: string, size: Size, share: number): readonly Letter[] {
  const unit = unitOf(size);
  const shapes = (squeeze: number): readonly Letter[] =>
    Array.from(text, (character) =>
      shapeLetter(character, { capitalHeight: 42 * unit, turns: 0, squeeze, slant: 0 }),
    );
  const room = size.width - 2 * margin * unit - gap * unit * (text.length - 1);
  const squeeze = min(1, room / widthOf(shapes(1)));
  const letters = shapes(squeeze);
  let left = margin * unit + (room - widthOf(letters)) * share;
  return letters.map((letter) => {
    const moved = moveLetter(letter, left - letter.box.left, size.height / 2);
    left += letter.box.right - letter.box.left + gap * unit;
    return moved;
  });
}

const widthOf = (letters: readonly Letter[]): number =>
  letters.reduce((sum, { box }) => sum + box.right - box.left, 0);
