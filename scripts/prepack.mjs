// Run by `npm pack` and `npm publish` in a library's folder: brings in files that the root holds for all of them.
//   node ../../scripts/prepack.mjs LICENSE README.md
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { posix } from 'node:path';

const ROOT = new URL('../', import.meta.url);
const names = process.argv.slice(2);

for (const name of names) {
  const text = readFileSync(new URL(name, ROOT), 'utf8');
  mkdirSync(posix.dirname(name), { recursive: true });
  // Two may pack at once: neither may find a half-written file.
  writeFileSync(`${name}.${process.pid}`, name.endsWith('.md') ? forThePackage(name, text) : text);
  renameSync(`${name}.${process.pid}`, name);
}

/** A page of the root without what only the repository has: its marked parts, pictures, links to files left behind. */
function forThePackage(name, page) {
  const folder = posix.dirname(name);
  return page
    .replaceAll(/<!-- repository only -->[^]*?<!-- \/repository only -->\n+/g, '')
    .replaceAll(/^!\[.*\]\(docs\/.*\)\n\n/gm, '')
    .replaceAll(/\[([^\]]*)\]\((?!https?:|#)([^)#\s]+)(?:#[^)\s]*)?\)/g, (link, text, path) =>
      names.includes(posix.join(folder, path)) ? link : text,
    );
}
