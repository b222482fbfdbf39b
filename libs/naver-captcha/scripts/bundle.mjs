// After `tsc`: puts the ES modules of each entry into one file, and what entries share into shared ones. Node loads a
// hundred small modules in three times the time of a large one, at every start of every application.
import { readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const folder = fileURLToPath(new URL('../', import.meta.url));
const { exports } = JSON.parse(await readFile(`${folder}package.json`, 'utf8'));
const entries = Object.values(exports).flatMap((entry) => entry.import ?? []);

// The names of shared files change with what is in them.
await rm(`${folder}dist/bundle`, { recursive: true, force: true });
await build({
  absWorkingDir: folder,
  entryPoints: entries.map((path) => path.replace('dist/bundle', 'dist/esm')),
  outbase: 'dist/esm',
  outdir: 'dist/bundle',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  chunkNames: 'shared/[name]-[hash]',
  plugins: [{ name: 'class-names', setup: keepClassNames }],
  // Each file of `tsc` has its own map, so that these lead to the sources.
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
});

/**
 * Nest reports the names of classes, and esbuild would change them: `tsc` makes `let X = class X {` of a decorated class,
 * whose second name shadows the first. Without the second one the class still has the name X. `X_1`, which stands for X
 * in the class, is assigned once more where it is decorated. esbuild's own `keepNames` would also name each closure again
 * whenever it is made, which cost every protected request 1,400 bytes.
 */
function keepClassNames({ onLoad }) {
  onLoad({ filter: /dist.esm.*\.js$/ }, async ({ path }) => {
    const source = await readFile(path, 'utf8');
    const decorated = /(?<=^ *let (\w+) = )(?:\1_1 = )?class \1\b/gm;
    // Of the same length, for the map.
    return { contents: source.replaceAll(decorated, (text) => 'class'.padEnd(text.length)) };
  });
}
