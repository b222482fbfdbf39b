import type { Random } from '../random.js';
import { ceil, floor, max, min } from './arithmetic.js';
import { forEachEdge, moveLetter, narrowLetter, shapeLetter, type Letter } from './letters.js';
import { unitOf, type Size } from './style.js';

/** How letters are scattered. Lengths are pixels of a picture 100 pixels high. */
export interface Scatter {
  readonly leastHeight: number;
  readonly mostHeight: number;
  /** Most degrees a letter is turned, to either side. */
  readonly turn: number;
  /** Most and least that a letter overlaps the ones before it; negative for a gap. */
  readonly overlap: readonly [least: number, most: number];
  /** How far apart the middles of two neighbours are at least, as a share of their average width. */
  readonly order: number;
}

const margin = 4;

/**
 * Letters of several sizes and angles, high and low in turn, so close that they touch or overlap a little. One may
 * stand under another, so no cut from top to bottom separates them. People read them from left to right.
 */
export function scatterLetters(
  text: string,
  scatter: Scatter,
  size: Size,
  random: Random,
): readonly Letter[] {
  const placed: Letter[] = [];
  let high = random.integer(2) === 0;
  for (const character of text) {
    const letter = atHeight(shapeAtRandom(character, scatter, size, random), high, size, random);
    placed.push(moveLetter(letter, nextTo(placed, letter, scatter, size, random), 0));
    if (random.next() < 0.85) high = !high;
  }
  return fitted(placed, size, random);
}

function shapeAtRandom(character: string, scatter: Scatter, size: Size, random: Random): Letter {
  return shapeLetter(character, {
    capitalHeight: random.between(scatter.leastHeight, scatter.mostHeight) * unitOf(size),
    turns: (random.pick(-1, 1) * random.between(0.25, 1) * scatter.turn) / 360,
    squeeze: random.between(0.86, 1.04),
    slant: random.between(-0.15, 0.15),
  });
}

function atHeight(letter: Letter, high: boolean, size: Size, random: Random): Letter {
  const edge = margin * unitOf(size);
  const free = max(0, size.height - 2 * edge - (letter.box.bottom - letter.box.top));
  const share = random.between(0, 0.3);
  return moveLetter(letter, 0, edge - letter.box.top + free * (high ? share : 1 - share));
}

/** How far right a letter goes to be beside the ones before it. */
function nextTo(
  placed: readonly Letter[],
  letter: Letter,
  scatter: Scatter,
  size: Size,
  random: Random,
): number {
  const before = placed.at(-1);
  if (before === undefined) return 0;
  const overlap = random.between(...scatter.overlap) * unitOf(size);
  const widths = letter.box.right - letter.box.left + before.box.right - before.box.left;
  const middles = (before.box.left + before.box.right - letter.box.left - letter.box.right) / 2;
  let right = middles + (scatter.order * widths) / 2;
  const own = sidesOf(letter, size).left;
  for (const other of placed.slice(-3)) {
    sidesOf(other, size).right.forEach((edge, y) => {
      right = max(right, edge - (own[y] ?? Infinity) - overlap);
    });
  }
  return right;
}

/** The leftmost and the rightmost point of a letter in each row of pixels; infinite where it has none. */
function sidesOf(letter: Letter, { height }: Size): { left: Float64Array; right: Float64Array } {
  const left = new Float64Array(height).fill(Infinity);
  const right = new Float64Array(height).fill(-Infinity);
  forEachEdge(letter, (fromX, fromY, toX, toY) => {
    const first = max(0, floor(min(fromY, toY)));
    const last = min(height - 1, ceil(max(fromY, toY)));
    for (let y = first; y <= last; y += 1) {
      const share = fromY === toY ? 0 : min(1, max(0, (y - fromY) / (toY - fromY)));
      const x = fromX + (toX - fromX) * share;
      left[y] = min(left[y] ?? x, x);
      right[y] = max(right[y] ?? x, x);
    }
  });
  return { left, right };
}

/** Spreads letters a little where there is room, and makes all of them narrower where there is not enough. */
function fitted(letters: readonly Letter[], size: Size, random: Random): readonly Letter[] {
  const edge = margin * unitOf(size);
  const left = min(...letters.map(({ box }) => box.left));
  const used = max(...letters.map(({ box }) => box.right)) - left;
  const room = size.width - 2 * edge;
  if (used > room) {
    const share = room / used;
    return letters.map((letter) => moveLetter(narrowLetter(moveLetter(letter, -left, 0), share), edge, 0));
  }
  const gap = min(6 * unitOf(size), (0.8 * (room - used)) / letters.length);
  const start = edge - left + random.next() * (room - used - gap * (letters.length - 1));
  return letters.map((letter, i) => moveLetter(letter, start + i * gap, 0));
}
