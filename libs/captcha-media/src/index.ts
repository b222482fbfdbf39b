export { drawPicture, type DrawPictureOptions } from './pictures/draw-picture.js';
export { CLEAR_ALPHABET, PICTURE_ALPHABET } from './pictures/letters.js';
export { PICTURE_STYLES, type PictureStyle } from './pictures/styles.js';
export { speakDigits, type SpeakDigitsOptions } from './sounds/speak-digits.js';
export { randomText, type RandomTextOptions } from './random-text.js';
export { type Seed } from './seed.js';
