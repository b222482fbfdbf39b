// Writes src/pictures/glyphs.data.ts: the outlines of the letters in pictures, taken once from the font Rubik.
//   node libs/captcha-media/scripts/make-glyphs.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import opentype from 'opentype.js';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
// In units of the font; a pixel of the picture is about 12 units.
const longest = 130;
const finest = 3;

const require = createRequire(import.meta.url);
const file = require.resolve('@fontsource/rubik/files/rubik-latin-800-normal.woff');
const bytes = readFileSync(file);
const font = opentype.parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
const scale = 1000 / font.unitsPerEm;

const middle = (a, b) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
const distance = (a, b) => Math.hypot(b[0] - a[0], b[1] - a[1]);

function distanceToLine(point, from, to) {
  const length = distance(from, to);
  if (length === 0) return distance(point, from);
  const cross = (to[0] - from[0]) * (from[1] - point[1]) - (from[0] - point[0]) * (to[1] - from[1]);
  return Math.abs(cross) / length;
}

function flattened(from, control, to) {
  if (distanceToLine(control, from, to) < finest / 4) return [to];
  const [left, right] = [middle(from, control), middle(control, to)];
  const half = middle(left, right);
  return [...flattened(from, left, half), ...flattened(half, right, to)];
}

// Ramer, Douglas and Peucker: leaves out points that change the line by less than `finest`.
function simplified(points) {
  const [from, to] = [points[0], points.at(-1)];
  const distances = points.map((point) => distanceToLine(point, from, to));
  const farthest = distances.indexOf(Math.max(...distances.slice(1, -1), 0));
  if (points.length < 3 || distances[farthest] < finest) return [from, to];
  return [...simplified(points.slice(0, farthest + 1)).slice(0, -1), ...simplified(points.slice(farthest))];
}

// Long edges get points in between: distances are measured in the box around each piece, and small boxes are faster.
function subdivided(points) {
  return points.flatMap((point, index) => {
    if (index === 0) return [point];
    const from = points[index - 1];
    const parts = Math.ceil(distance(from, point) / longest);
    return Array.from({ length: parts }, (_, part) => {
      const share = (part + 1) / parts;
      return [from[0] + (point[0] - from[0]) * share, from[1] + (point[1] - from[1]) * share];
    });
  });
}

function contoursOf(letter) {
  const contours = [];
  let points = [];
  const close = () => {
    if (points.length === 0) return;
    // Simplified in two halves, since the ends of a closed line lie at the same place.
    const half = Math.floor(points.length / 2);
    const closed = [...points, points[0]];
    const fewer = [...simplified(closed.slice(0, half + 1)).slice(0, -1), ...simplified(closed.slice(half))];
    contours.push(subdivided(fewer).slice(0, -1).flat().map(Math.round));
    points = [];
  };
  for (const c of font.charToGlyph(letter).path.commands) {
    const to = [c.x * scale, -c.y * scale];
    if (c.type === 'M') points = [to];
    else if (c.type === 'L') points.push(to);
    else if (c.type === 'Q') points.push(...flattened(points.at(-1), [c.x1 * scale, -c.y1 * scale], to));
    else if (c.type === 'Z') close();
    else throw new Error(`${letter} has the path command ${c.type}: this script only handles M, L, Q and Z`);
  }
  return contours;
}

const lines = [...letters].map((letter) => `  ['${letter}', ${JSON.stringify(contoursOf(letter))}],`);

writeFileSync(
  new URL('../src/pictures/glyphs.data.ts', import.meta.url),
  `// Made by scripts/make-glyphs.mjs; do not edit.
// Outlines from Rubik ExtraBold, (c) The Rubik Project Authors, SIL Open Font License 1.1, see LICENSES.md.
// One row a letter: the letter, its contours, each a closed line through x, y, x, y and so on.
// 1000 units to the em, the baseline at y = 0, y pointing down.
export const glyphRows: readonly (readonly [string, readonly (readonly number[])[]])[] = [
${lines.join('\n')}
];
`,
);
