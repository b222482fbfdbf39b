// Runs after `tsc`: writes the minified bundle, and a module that holds its text for servers that serve it.
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

import { minify } from '@swc/core';
import { build } from 'esbuild';

import { compactMessages, compactStyles, omitStandIn } from './compact.mjs';

const folder = new URL('../', import.meta.url);
const path = (name) => new URL(name, folder);

/** Properties that neither the page nor an object of the browser has, so the bundle may shorten their names. */
const internal =
  'act admit audio choose coolDown cooling current custom disable draw edited expire fail input isIdle ' +
  'isLoading isSpent judge labelElement localize playButton playing presses problem progress reconsider refreshButton remainingMs reset retryButton say show suspend ' +
  'tell toggleButton';

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(path('dist/index.js'))],
  bundle: true,
  minify: true,
  write: false,
  format: 'esm',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  mangleProps: new RegExp(`^(${internal.replaceAll(' ', '|')})$`),
  plugins: [compactStyles, compactMessages, omitStandIn],
});
// A second minifier finds what the first leaves: about 1 % of the script.
const { code } = await minify(outputFiles[0].text, {
  module: true,
  ecma: 2022,
  compress: { passes: 3 },
  mangle: { toplevel: true },
  format: { ecma: 2022, comments: false },
});
const source = `/*! naver-captcha-widget ${JSON.parse(await readFile(path('package.json'), 'utf8')).version}, MIT */\n${code}`;
const hash = createHash('sha256').update(source).digest('base64url').slice(0, 16);

await writeFile(path('dist/widget.min.js'), source);
const names = `source = ${JSON.stringify(source)};`;
await writeFile(path('dist/source.js'), `export const ${names}\nexport const hash = '${hash}';\n`);
await writeFile(path('dist/source.cjs'), `exports.${names}\nexports.hash = '${hash}';\n`);

console.log(`naver-captcha-widget: ${brotliCompressSync(source).length} bytes with brotli`);
