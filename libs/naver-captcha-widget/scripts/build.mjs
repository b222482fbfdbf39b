// After `tsc`: the minified bundle, and a module that holds its text, for servers that serve it.
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

import { build, transform } from 'esbuild';

const folder = new URL('../', import.meta.url);
const path = (name) => new URL(name, folder);

/** The style sheet is text to the bundler; this takes its white space away. */
const minifyStyles = {
  name: 'minify-styles',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]styles\.js$/ }, async ({ path: file }) => {
      const code = await readFile(file, 'utf8');
      const [, css] = /= `([^`]+)`/.exec(code) ?? [];
      if (css === undefined) throw new Error(`No style sheet in ${file}.`);
      const small = await transform(css, { loader: 'css', minify: true, target: 'es2022' });
      return { contents: code.replace(css, () => small.code.trim()), loader: 'js' };
    });
  },
};

/** Names that no one outside the bundle sees, nor any object of the browser has. */
const internal =
  'element localize progress toggle buttonOf cool say tell draw disable unload custom ready problem line svg';

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
