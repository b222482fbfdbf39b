import type { Random } from '../random.js';
import { glyphRows } from './glyphs.data.js';
import type { Canvas } from './style.js';
import { mapContour, type Contour, type PointMap } from './svg.js';

interface Glyph {
  readonly advance: number;
  readonly contours: readonly Contour[];
}

const glyphs: ReadonlyMap<string, Glyph> = new Map(
  glyphRows.map(([letter, advance, contours]) => [letter, { advance, contours }]),
);

/** The capitals and digits that pictures can show. No two of them look alike (scripts/make-glyphs.mjs). */
export const PICTURE_ALPHABET = glyphRows.map(([letter]) => letter).join('');

const capitalHeight = 711;
const margin = 13;

/** How much letters are turned, scaled, moved and bent. */
export interface Disorder {
  /** Most degrees a letter is turned, to either side. */
  readonly rotation: number;
  /** Share by which the size of a letter varies. */
  readonly size: number;
  /** Most units by which the baseline rises and falls. */
  readonly wave: number;
  /** Units by which outlines bend. */
  readonly bend: number;
  /** Height of the capitals in units, before `size` varies it. */
  readonly height: number;
  /** Space between letters, as a share of the letter's width; negative to overlap. */
  readonly spacing: number;
}

/** The contours of each letter, from left to right, in units of the canvas. */
export function placeLetters(
  text: string,
  disorder: Disorder,
  canvas: Canvas,
  random: Random,
): (readonly Contour[])[] {
  const { width, height } = canvas;
  const scale = disorder.height / capitalHeight;
  const letters = Array.from(text, (letter) => {
    const glyph = glyphs.get(letter);
    if (glyph === undefined)
      throw new Error(`No outline for ${letter}: pictures can show ${PICTURE_ALPHABET}`);
    const size = scale * random.between(1 - disorder.size, 1 + disorder.size);
    const rotation = (random.between(-disorder.rotation, disorder.rotation) * Math.PI) / 180;
    return { glyph, size, rotation, room: glyph.advance * size * (1 + disorder.spacing) };
  });
  const room = letters.reduce((sum, letter) => sum + letter.room, 0);
  // A text that is too long is made narrower; a short text keeps its shape and gets a random place.
  const squeeze = Math.min(1, (width - 2 * margin) / room);
  const free = width - 2 * margin - room * squeeze;
  const wave = random.between(0.6, 1) * disorder.wave * random.pick(1, -1);
  const wavePhase = random.between(0, 2 * Math.PI);
  const waveLength = random.between(150, 260);
  const bend = bendMap(disorder.bend, random);

  let left = margin + free / 2 + random.between(-free / 3, free / 3);
  return letters.map(({ glyph, size, rotation, room: own }) => {
    const middle = left + (own * squeeze) / 2;
    left += own * squeeze;
    const rise = wave * Math.sin((middle / waveLength) * 2 * Math.PI + wavePhase);
    const place = placeMap(glyph, { size, rotation, squeeze, x: middle, y: height / 2 + rise });
    return glyph.contours.map((contour) => mapContour(mapContour(contour, place), bend));
  });
}

interface Place {
  readonly size: number;
  readonly rotation: number;
  readonly squeeze: number;
  readonly x: number;
  readonly y: number;
}

/** Turns and scales a letter about its middle, from units of the font to units of the canvas. */
function placeMap(glyph: Glyph, { size, rotation, squeeze, x, y }: Place): PointMap {
  const cos = Math.cos(rotation);
  const sin = Math.sin(rotation);
  return (fromX, fromY) => {
    const dx = (fromX - glyph.advance / 2) * size * squeeze;
    const dy = (fromY + capitalHeight / 2) * size;
    return [x + dx * cos - dy * sin, y + dx * sin + dy * cos];
  };
}

/** Bends by two long waves, one in each direction: strokes lean and swell but stay connected. */
export function bendMap(strength: number, random: Random): PointMap {
  const phases = [random.between(0, 6.28), random.between(0, 6.28)] as const;
  const lengths = [random.between(48, 80), random.between(60, 110)] as const;
  return (x, y) => [
    x + strength * Math.sin((y / lengths[0]) * 2 * Math.PI + phases[0] + x / 90),
    y + strength * Math.sin((x / lengths[1]) * 2 * Math.PI + phases[1]),
  ];
}
