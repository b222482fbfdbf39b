// Runs after `tsc`: writes the minified bundle, and a module that holds its text for servers that serve it.
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

import { build, transform } from 'esbuild';

const folder = new URL('../', import.meta.url);
const path = (name) => new URL(name, folder);

/** The bundler does not minify the style sheet, which is a string to it. */
const minifyStyles = {
  name: 'minify-styles',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]styles\.js$/ }, async ({ path: file }) => {
      const code = await readFile(file, 'utf8');
      const [, css] = /= `([^`]+)`/.exec(code) ?? [];
      if (css === undefined)
        throw new Error(
          `${file} has no style sheet. Write it as one template literal without substitutions.`,
        );
      const small = await transform(css, { loader: 'css', minify: true, target: 'es2022' });
      return { contents: code.replace(css, () => small.code.trim()), loader: 'js' };
    });
  },
};

/** Properties that neither the page nor an object of the browser has, so the bundle may shorten their names. */
const internal =
  'act active admit audio choose current custom disable draw edited element expire expiresAt fail input isIdle ' +
  'isLoading isSpent judge localize playing presses problem progress reconsider reset resume show start suspend ' +
  'tell toggle';

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
  plugins: [minifyStyles],
});
const source = `/*! naver-captcha-widget ${JSON.parse(await readFile(path('package.json'), 'utf8')).version}, MIT */\n${outputFiles[0].text}`;
const hash = createHash('sha256').update(source).digest('base64url').slice(0, 16);

await writeFile(path('dist/widget.min.js'), source);
const names = `source = ${JSON.stringify(source)};`;
await writeFile(path('dist/source.js'), `export const ${names}\nexport const hash = '${hash}';\n`);
await writeFile(path('dist/source.cjs'), `exports.${names}\nexports.hash = '${hash}';\n`);

console.log(`naver-captcha-widget: ${brotliCompressSync(source).length} bytes with brotli`);
