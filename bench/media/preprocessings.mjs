// What an attacker does to a picture before giving it to a reader. Each gets the colours of the picture.
import { disturbance, linesAlong } from './flow.mjs';
import { outlinesFilled } from './masks.mjs';
import {
  blur,
  closing,
  colourDistance,
  combine,
  cropped,
  dilate,
  grey,
  median,
  negate,
  opening,
  otsu,
  resized,
  stretch,
  threshold,
} from './pixels.mjs';

const binary = (image) => threshold(image, otsu(image));
const locally = (image, sigma) =>
  combine([image, blur(image, sigma)], (value, near) => (value > near ? 255 : 0));
const whiteness = (image) => combine([image], (...colours) => Math.min(...colours));
const scaled = (image, x, y) => resized(image, Math.round(image.width * x), Math.round(image.height * y));
const edges = (image) => stretch(combine([dilate(image, 1), image], (high, value) => high - value));
const thinBright = (image) => stretch(combine([image, opening(image, 2)], (value, under) => value - under));

function middle(image) {
  const cut = Math.round(image.height * 0.12);
  return cropped(image, { left: 0, top: cut, right: image.width, bottom: image.height - cut });
}

/** To be read as one line. */
export const preprocessings = {
  none: (image) => image,
  'blur 1': (image) => blur(grey(image), 1),
  'blur 2': (image) => blur(grey(image), 2),
  'blur 3, stretch': (image) => stretch(blur(grey(image), 3)),
  'median 3×3': (image) => median(grey(image), 1),
  'median 5×5': (image) => median(grey(image), 2),
  'threshold (Otsu)': (image) => binary(grey(image)),
  'threshold, local': (image) => locally(grey(image), 12),
  'negate, stretch': (image) => negate(stretch(grey(image))),
  'white only': (image) => negate(threshold(whiteness(image), 185)),
  'thin bright lines': (image) => negate(thinBright(whiteness(image))),
  'colour distance': (image) => negate(colourDistance(image, 15)),
  'closing 3×3, threshold': (image) => binary(closing(grey(image), 1)),
  'opening 3×3, threshold': (image) => binary(opening(grey(image), 1)),
  'half size': (image) => scaled(grey(image), 0.5, 0.5),
  'twice as wide': (image) => scaled(grey(image), 2, 1),
  'upper and lower edge cut': (image) => middle(grey(image)),
  edges: (image) => negate(edges(grey(image))),
  'outlines filled': (image) => outlinesFilled(image),
  'disturbed flow': (image) => disturbance(grey(image)),
  'disturbed flow, threshold': (image) => binary(disturbance(grey(image))),
  'lines along 0°': (image) => linesAlong(grey(image), 0),
  'lines along 45°': (image) => linesAlong(grey(image), 45),
  'lines along 90°': (image) => linesAlong(grey(image), 90),
  'lines along 135°': (image) => linesAlong(grey(image), 135),
};

/** Masks whose dark parts are cut into pieces, each read as a letter. */
export const cuttings = {
  threshold: (image) => binary(blur(grey(image), 1)),
  'white only': (image) => negate(threshold(whiteness(image), 170)),
  'outlines filled': (image) => outlinesFilled(image),
  'colour distance': (image) => negate(binary(blur(colourDistance(image, 15), 1.2))),
  'disturbed flow': (image) => binary(blur(disturbance(grey(image)), 1.5)),
};

/** What is read through windows, and by Tesseract. */
export const forWindows = ['blur 1', 'thin bright lines', 'disturbed flow'];
export const forTesseract = ['blur 1', 'threshold (Otsu)', 'white only', 'outlines filled', 'disturbed flow'];
