// Runs after `tsc`: writes the minified bundle, and a module that holds its text for servers that serve it.
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

import { minify } from '@swc/core';
import { build } from 'esbuild';

import { compactMessages, compactStyles, loadSolverByUrl, omitStandIn } from './compact.mjs';

const folder = new URL('../', import.meta.url);
const path = (name) => new URL(name, folder);

/** Properties that neither the page, the solver nor an object of the browser has, so the bundle may shorten their names. */
const internal =
  'act admit audio choose coolDown cooling current custom disable draw during edited expire fail finish input isIdle ' +
  'isLoading isSpent judge labelElement localize playButton playing presses problem progress reconsider refreshButton reset retryButton say show suspend ' +
  'tell toggleButton';

const { version } = JSON.parse(await readFile(path('package.json'), 'utf8'));

const widget = await bundle('widget', 'dist/index.js', [
  compactStyles,
  compactMessages,
  omitStandIn,
  loadSolverByUrl(version),
]);
const solver = await bundle('solver', 'dist/solver.js', [compactStyles]);

const names = {
  source: widget.source,
  hash: widget.hash,
  solverSource: solver.source,
  solverHash: solver.hash,
};
const write = (file, prefix) =>
  writeFile(
    path(file),
    Object.entries(names)
      .map(([name, value]) => `${prefix}${name} = ${JSON.stringify(value)};\n`)
      .join(''),
  );
await write('dist/source.js', 'export const ');
await write('dist/source.cjs', 'exports.');

/** Writes `dist/<name>.min.js`, and returns its text and hash. */
async function bundle(name, entryPoint, plugins) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(path(entryPoint))],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    mangleProps: new RegExp(`^(${internal.replaceAll(' ', '|')})$`),
    plugins,
  });
  // A second minifier finds what the first leaves: about 1 % of the script.
  const { code } = await minify(outputFiles[0].text, {
    module: true,
    ecma: 2022,
    // Each was measured.
    compress: { passes: 3, unsafe: true, sequences: false, comparisons: false },
    mangle: { toplevel: true },
    format: { ecma: 2022, comments: false },
  });
  const source = `/*! naver-captcha-widget, MIT */${code}`;
  const hash = createHash('sha256').update(source).digest('base64url').slice(0, 16);
  await writeFile(path(`dist/${name}.min.js`), source);
  console.log(
    `naver-captcha-widget: ${name}.min.js has ${brotliCompressSync(source).length} bytes with brotli`,
  );
  return { source, hash };
}
