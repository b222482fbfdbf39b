// Run by `npm pack` and `npm publish` in a library's folder: brings in files that the root holds for all of them.
//   node ../../scripts/prepack.mjs LICENSE README.md
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

const ROOT = new URL('../', import.meta.url);
const names = process.argv.slice(2);

for (const name of names) {
  const text = readFileSync(new URL(name, ROOT), 'utf8');
  // Two may pack at once: neither may find a half-written file.
  writeFileSync(`${name}.${process.pid}`, name.endsWith('.md') ? forThePackage(text) : text);
  renameSync(`${name}.${process.pid}`, name);
}

/** A page of the root without what only the repository has: its marked parts, pictures, links to files left behind. */
function forThePackage(page) {
  return page
    .replaceAll(/<!-- repository only -->[^]*?<!-- \/repository only -->\n+/g, '')
    .replaceAll(/^!\[.*\]\(docs\/.*\)\n\n/gm, '')
    .replaceAll(/\[([^\]]*)\]\((?!https?:|#)([^)#\s]+)(?:#[^)\s]*)?\)/g, (link, text, path) =>
      names.includes(path) ? link : text,
    );
}
