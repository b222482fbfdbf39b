// How much of our pictures general readers read: PaddleOCR's recognition model and Tesseract, after many preprocessings.
//   npm run build && node bench/media/readers.mjs [--pictures 500] [--styles photo,flow] [--windows]
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { figure, table } from '../support/table.mjs';
import { lettersRead } from './letters-read.mjs';
import { readPieces, readWindows } from './letters.mjs';
import { readLines } from './paddle.mjs';
import { grey, picture } from './pixels.mjs';
import { cuttings, forTesseract, forWindows, preprocessings } from './preprocessings.mjs';
import { alphabet, draw, styles as allStyles } from './source.mjs';
import { startTesseract } from './tesseract.mjs';

const { values } = parseArgs({
  options: {
    pictures: { type: 'string', default: '500' },
    styles: { type: 'string', default: allStyles.join(',') },
    // Seconds a picture.
    windows: { type: 'boolean', default: false },
  },
});
const count = Number(values.pictures);
const styles = values.styles.split(',');
const batch = 16;

async function decoded(jpeg) {
  const image = sharp(jpeg).toColourspace('srgb').removeAlpha().raw();
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  const plane = (channel) =>
    Float32Array.from(
      { length: info.width * info.height },
      (_, i) => data[i * info.channels + Math.min(channel, info.channels - 1)],
    );
  return picture(info.width, info.height, plane(0), plane(1), plane(2));
}

/** The texts of every reader for some pictures: a map from the reader's name to the text of each picture. */
async function readAll(images, length, tesseract) {
  const texts = new Map();
  const each = async (name, read) => {
    const all = [];
    for (const image of images) all.push(await read(image));
    texts.set(name, all);
  };
  for (const [name, prepare] of Object.entries(preprocessings))
    texts.set(`PaddleOCR, ${name}`, await readLines(images.map(prepare), alphabet));
  for (const [name, mask] of Object.entries(cuttings)) {
    const line = [];
    await each(`PaddleOCR, letters cut by ${name}`, async (image) => {
      const [letters, together] = await readPieces(mask(image), length, alphabet);
      line.push(together);
      return letters;
    });
    texts.set(`PaddleOCR, line of letters cut by ${name}`, line);
  }
  for (const name of values.windows ? forWindows : [])
    await each(`PaddleOCR, windows after ${name}`, (image) =>
      readWindows(preprocessings[name](image), length, alphabet),
    );
  for (const name of forTesseract)
    await each(`Tesseract, ${name}`, (image) => tesseract.read(grey(preprocessings[name](image))));
  return texts;
}

async function measure(style, tesseract) {
  const readers = new Map();
  let any = 0;
  for (let from = 0; from < count; from += batch) {
    const samples = await Promise.all(
      Array.from({ length: Math.min(batch, count - from) }, (_, i) => draw(style, `readers ${from + i}`)),
    );
    const images = await Promise.all(samples.map(({ jpeg }) => decoded(jpeg)));
    const read = new Set();
    for (const [name, texts] of await readAll(images, samples[0].text.length, tesseract)) {
      const reader = readers.get(name) ?? { whole: 0, letters: 0 };
      readers.set(name, reader);
      texts.forEach((text, i) => {
        reader.letters += lettersRead(samples[i].text, text.toUpperCase()) / samples[i].text.length;
        if (text.toUpperCase() !== samples[i].text) return;
        reader.whole += 1;
        read.add(i);
      });
    }
    any += read.size;
    process.stderr.write(`\r${style} ${from + samples.length}`);
  }
  process.stderr.write('\n');
  return {
    readers,
    any,
    best: best(readers, ({ whole }) => whole),
    keen: best(readers, ({ letters }) => letters),
  };
}

function best(readers, of) {
  const [name, reader] = [...readers].reduce((most, next) => (of(next[1]) > of(most[1]) ? next : most));
  return { name, share: of(reader) };
}

const percent = (hits) => `${figure((100 * hits) / count, 1)} %`;

function print(results) {
  const row = (head, of) => [head, ...styles.map((style) => of(results.get(style)))];
  const names = [...results.get(styles[0]).readers.keys()];
  console.log(`${count} pictures a style, answers read\n`);
  console.log(
    table(
      ['reader', ...styles],
      [
        row('**first try**: PaddleOCR, none', ({ readers }) => percent(readers.get('PaddleOCR, none').whole)),
        row('**best single reader**', ({ best: { share } }) => percent(share)),
        row(`**any of all ${names.length}**`, ({ any }) => percent(any)),
        row('letters in order, best single reader', ({ keen: { share } }) => percent(share)),
        ...names.map((name) => row(name, ({ readers }) => percent(readers.get(name).whole))),
      ],
    ),
  );
  console.log();
  for (const [style, result] of results)
    console.log(`- ${style}: most answers ${result.best.name}; most letters ${result.keen.name}`);
}

const tesseract = await startTesseract(alphabet);
try {
  const results = new Map();
  for (const style of styles) results.set(style, await measure(style, tesseract));
  print(results);
} finally {
  await tesseract.close();
}
