import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

import { expect, it } from '@jest/globals';
import * as media from 'captcha-media';

const run = promisify(execFile);
const commonjs = resolve('libs/captcha-media/dist/cjs/index.js');

/** Prints hashes of media, made in another process. */
const program = `
(async () => {
  const { drawPicture, randomText, speakDigits } = await load();
  const hash = (bytes) => require('node:crypto').createHash('sha256').update(bytes).digest('hex');
  console.log(JSON.stringify([
    hash(await drawPicture('HJ4RUW', { seed: 'a' })),
    hash(speakDigits('063957', { seed: 'a' })),
    randomText({ alphabet: 'ABC', length: 64, seed: 'a' }),
  ]));
})()`;

it('exports these values and no others', () => {
  expect(Object.keys(media).sort()).toEqual([
    'CLEAR_ALPHABET',
    'PICTURE_ALPHABET',
    'PICTURE_STYLES',
    'drawPicture',
    'randomText',
    'speakDigits',
  ]);
});

it('makes the same bytes as ES modules, as CommonJS and in its CommonJS build', async () => {
  const printed = await Promise.all(
    ["import('captcha-media')", "require('captcha-media')", `require(${JSON.stringify(commonjs)})`].map(
      async (load) => {
        const { stdout } = await run(process.execPath, ['-e', `const load = () => ${load};${program}`]);
        return JSON.parse(stdout) as string[];
      },
    ),
  );

  expect(printed[0]).toHaveLength(3);
  expect(printed).toEqual([printed[0], printed[0], printed[0]]);
});

it('needs sharp at run time, and nothing else', () => {
  const manifest = JSON.parse(readFileSync('libs/captcha-media/package.json', 'utf8')) as {
    dependencies: Record<string, string>;
  };

  expect(Object.keys(manifest.dependencies)).toEqual(['sharp']);
});

it.each(['README.md', 'README.ko.md'])('lists every name and style in %s', (page) => {
  const text = readFileSync(`libs/captcha-media/${page}`, 'utf8');

  for (const name of [...Object.keys(media), ...media.PICTURE_STYLES]) expect(text).toContain(`\`${name}`);
  expect(text).toContain(`\`${media.CLEAR_ALPHABET}\``);
});
