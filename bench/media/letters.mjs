// Reads letter by letter: the pieces of a mask, or windows that slide over the whole picture, turned by several angles.
import { pieces } from './masks.mjs';
import { picture, turned } from './pixels.mjs';
import { readLetters, readLines } from './paddle.mjs';

const angles = [-30, -20, -10, 0, 10, 20, 30];
const size = 48;

/** Only the pixels of the piece, dark on white. */
function alone(mask, piece) {
  const plane = new Float32Array(mask.width * mask.height).fill(255);
  for (const at of piece.pixels) plane[at] = 0;
  return picture(mask.width, mask.height, plane);
}

function views(mask, piece) {
  const image = alone(mask, piece);
  const reach = Math.max(piece.right - piece.left, piece.bottom - piece.top) * 0.62;
  const x = (piece.left + piece.right - 1) / 2;
  const y = (piece.top + piece.bottom - 1) / 2;
  return angles.map((degrees) => turned(image, { x, y, reach, degrees, size, outside: 255 }));
}

function bestOf(reads) {
  return reads.reduce((best, read, index) => (read.chance > best.chance ? { ...read, index } : best), {
    letter: '',
    chance: 0,
    index: 0,
  });
}

/** A line of the upright letters, side by side. */
function lineOf(tiles) {
  const plane = new Float32Array(tiles.length * size * size);
  tiles.forEach((tile, n) => {
    for (let y = 0; y < size; y += 1)
      for (let x = 0; x < size; x += 1)
        plane[y * tiles.length * size + n * size + x] = tile.planes[0][y * size + x];
  });
  return picture(tiles.length * size, size, plane);
}

/** Two texts: the letters one by one, and the line of the turned letters. */
export async function readPieces(mask, length, allowed) {
  const { width, height } = mask;
  const found = pieces(mask, 60)
    .filter(({ left, right, top, bottom }) => right - left < width * 0.5 && bottom - top > height * 0.18)
    .slice(0, length)
    .sort((a, b) => a.left + a.right - b.left - b.right);
  if (found.length === 0) return ['', ''];
  const all = found.map((piece) => views(mask, piece));
  const reads = await readLetters(all.flat(), allowed);
  const best = all.map((_, n) => bestOf(reads.slice(n * angles.length, (n + 1) * angles.length)));
  const [line] = await readLines([lineOf(best.map(({ index }, n) => all[n][index]))], allowed);
  return [best.map(({ letter }) => letter).join(''), line];
}

const windowAngles = [-20, 0, 20];

/**
 * The surest letters of all windows, at least about half a letter apart: needs no cut. It takes seconds a picture.
 */
export async function readWindows(image, length, allowed) {
  const { width, height } = image;
  const places = [];
  for (const reach of [height * 0.3, height * 0.38])
    for (let y = height * 0.26; y <= height * 0.75; y += height * 0.08)
      for (let x = height * 0.15; x <= width - height * 0.15; x += height * 0.06)
        for (const degrees of windowAngles) places.push({ x, y, reach, degrees, size, outside: 128 });
  const reads = [];
  for (let from = 0; from < places.length; from += 64) {
    const views = places.slice(from, from + 64).map((place) => turned(image, place));
    reads.push(...(await readLetters(views, allowed)));
  }
  const found = places.map((place, i) => ({ ...place, ...reads[i] })).sort((a, b) => b.chance - a.chance);
  const chosen = [];
  for (const read of found) {
    if (chosen.length === length) break;
    const apart = ({ x, y }) => Math.hypot(x - read.x, y - read.y) > height * 0.24;
    if (chosen.every(apart)) chosen.push(read);
  }
  return chosen
    .sort((a, b) => a.x - b.x)
    .map(({ letter }) => letter)
    .join('');
}
