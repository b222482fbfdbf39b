// Draws the sheets of sample pictures in the READMEs of this package and of the emulator: docs/photo.jpg, docs/flow.jpg and docs/plain.jpg.
//   npm run build && node libs/captcha-media/scripts/contact-sheets.mjs
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { drawPicture, CLEAR_ALPHABET, PICTURE_STYLES, randomText } from '../dist/esm/index.js';

const columns = 3;
const [width, height, gap] = [300, 100, 8];

for (const style of PICTURE_STYLES) {
  const rows = style === 'plain' ? 1 : 4;
  const tiles = [];
  for (let i = 0; i < columns * rows; i += 1) {
    const seed = `contact sheet ${i}`;
    const text = randomText({ alphabet: CLEAR_ALPHABET, length: 6, seed });
    tiles.push({
      input: await drawPicture(text, { seed, style, width, height }),
      left: gap + (i % columns) * (width + gap),
      top: gap + Math.floor(i / columns) * (height + gap),
    });
  }
  const sheet = {
    width: gap + columns * (width + gap),
    height: gap + rows * (height + gap),
    channels: 3,
    background: '#9aa0a6',
  };
  const file = fileURLToPath(new URL(`../docs/${style}.jpg`, import.meta.url));
  await sharp({ create: sheet }).composite(tiles).jpeg({ quality: 60, mozjpeg: true }).toFile(file);
}
