// The pictures to be read, as an engine would draw them: a new text and seed each.
import {
  CLEAR_ALPHABET,
  drawPicture,
  PICTURE_STYLES,
  randomText,
} from '../../libs/captcha-media/dist/esm/index.js';

export const alphabet = CLEAR_ALPHABET;
export const styles = PICTURE_STYLES;

export async function draw(style, seed) {
  const text = randomText({ alphabet, length: 6, seed: `${style} ${seed}` });
  return { text, jpeg: await drawPicture(text, { seed, style }) };
}
