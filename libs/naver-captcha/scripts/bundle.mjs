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
  // Nest tells people the names of classes.
  keepNames: true,
  // Each file of `tsc` has its own map, so that these lead to the sources.
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
});
