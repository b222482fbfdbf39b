// Draws the sheets of sample pictures in the README: docs/stripes.jpg, docs/outline.jpg and docs/plain.jpg.
//   npm run build && node libs/naver-captcha-emulator/scripts/contact-sheets.mjs
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { startNaverCaptchaEmulator } from '../dist/esm/index.js';

const columns = 3;
const rows = 4;
const [width, height, gap] = [300, 100, 8];

for (const style of ['stripes', 'outline', 'plain']) {
  const emulator = await startNaverCaptchaEmulator({ style, seed: 'contact sheet' });
  const headers = { 'X-Naver-Client-Id': emulator.clientId, 'X-Naver-Client-Secret': emulator.clientSecret };
  const get = (path) => fetch(`${emulator.url}/v1/captcha/${path}`, { headers });
  const tiles = [];
  for (let i = 0; i < columns * rows; i += 1) {
    const { key } = await (await get('nkey')).json();
    tiles.push({
      input: Buffer.from(await (await get(`ncaptcha.bin?key=${key}`)).arrayBuffer()),
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
  await emulator.close();
}
