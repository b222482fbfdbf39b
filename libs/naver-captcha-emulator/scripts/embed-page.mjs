// Writes src/http/page.data.ts from page/, so that neither build reads files at run time.
//   node libs/naver-captcha-emulator/scripts/embed-page.mjs
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const target = new URL('../src/http/page.data.ts', import.meta.url);
const files = { html: 'index.html', css: 'page.css', script: 'page.js' };

const parts = Object.entries(files).map(([name, file]) => {
  const lines = readFileSync(new URL(`../page/${file}`, import.meta.url), 'utf8').split('\n');
  return `export const ${name}: string = ${JSON.stringify(lines)}.join('\\n');\n`;
});
writeFileSync(target, `// Made by scripts/embed-page.mjs from page/; do not edit.\n${parts.join('\n')}`);
execFileSync('npx', ['prettier', '--log-level', 'warn', '--write', fileURLToPath(target)], {
  stdio: 'inherit',
});
