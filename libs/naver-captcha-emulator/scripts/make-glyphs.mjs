// Writes src/render/glyphs.data.ts: outlines of the letters the pictures use, taken once from Rubik.
//   node libs/naver-captcha-emulator/scripts/make-glyphs.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import opentype from 'opentype.js';

// No two that look alike: no 0 and O, 1, I and L, 5 and S, 2 and Z, 8 and B, 6 and G, 7 and T, U and V, K and X, E and F, 3 and S.
const letters = 'ACDEHJKMNPRTUWY469';
const longest = 230;

const require = createRequire(import.meta.url);
const file = require.resolve('@fontsource/rubik/files/rubik-latin-800-normal.woff');
const bytes = readFileSync(file);
const font = opentype.parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
const scale = 1000 / font.unitsPerEm;

const middle = (a, b) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];

// Long pieces are halved until they are short, so that bending the points also bends what was a straight line.
function halved(from, control, to) {
  if (Math.hypot(to[0] - from[0], to[1] - from[1]) <= longest) return [[control, to]];
  const left = middle(from, control);
  const right = middle(control, to);
  const half = middle(left, right);
  return [...halved(from, left, half), ...halved(half, right, to)];
}

function contoursOf(letter) {
  const contours = [];
  let contour = [];
  let from = [0, 0];
  let start = from;
  const add = (control, to) => {
    for (const [c, p] of halved(from, control, to)) contour.push(...c, ...p);
    from = to;
  };
  for (const c of font.charToGlyph(letter).path.commands) {
    const to = [c.x * scale, -c.y * scale];
    if (c.type === 'M') {
      contour = [...to];
      from = start = to;
    } else if (c.type === 'L') add(middle(from, to), to);
    else if (c.type === 'Q') add([c.x1 * scale, -c.y1 * scale], to);
    else if (c.type === 'Z') {
      if (Math.hypot(from[0] - start[0], from[1] - start[1]) > 0.5) add(middle(from, start), start);
      contours.push(contour.map(Math.round));
    } else throw new Error(`${letter}: a ${c.type} command, which this script does not know`);
  }
  return contours;
}

const lines = [...letters].map((letter) => {
  const { advanceWidth } = font.charToGlyph(letter);
  return `  ['${letter}', ${Math.round(advanceWidth * scale)}, ${JSON.stringify(contoursOf(letter))}],`;
});

writeFileSync(
  new URL('../src/render/glyphs.data.ts', import.meta.url),
  `// Made by scripts/make-glyphs.mjs; do not edit.
// Outlines from Rubik ExtraBold, (c) The Rubik Project Authors, SIL Open Font License 1.1, see LICENSES.md.
// One row a letter: the letter, its advance width, its contours. A contour is x, y of its start and then, for every
// piece, control x, control y, x, y of a quadratic curve. 1000 units to the em, the baseline at y = 0, y pointing down.
export const glyphRows: readonly (readonly [string, number, readonly (readonly number[])[]])[] = [
${lines.join('\n')}
];
`,
);
