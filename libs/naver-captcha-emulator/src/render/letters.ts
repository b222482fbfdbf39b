import type { Random } from '../random/random.js';
import { mapContour, type Contour, type PointMap } from './contour.js';
import { glyphRows } from './glyphs.data.js';
import { height, width } from './size.js';

interface Glyph {
  readonly advance: number;
  readonly contours: readonly Contour[];
}

const glyphs: ReadonlyMap<string, Glyph> = new Map(
  glyphRows.map(([letter, advance, contours]) => [letter, { advance, contours }]),
);

/** The letters there are outlines for: capitals and digits, no two of which look alike (scripts/make-glyphs.mjs). */
export const pictureAlphabet = glyphRows.map(([letter]) => letter).join('');

const capitalHeight = 711;
const margin = 13;

/** How far letters leave the straight and narrow. */
export interface Disorder {
  /** Degrees to either side. */
  readonly rotation: number;
  /** Share by which a letter's size varies. */
  readonly size: number;
  /** Pixels the baseline rises and falls. */
  readonly wave: number;
  /** Pixels by which outlines bend. */
  readonly bend: number;
  /** Height of the capitals in pixels, before `size` varies it. */
  readonly height: number;
  /** Space between letters, as a share of the letter's width; negative to overlap. */
  readonly spacing: number;
}

/** One list of contours a letter, in pixels of the picture, from left to right. */
export function placeLetters(text: string, disorder: Disorder, random: Random): (readonly Contour[])[] {
  const scale = disorder.height / capitalHeight;
  const letters = Array.from(text, (letter) => {
    const glyph = glyphs.get(letter);
    if (glyph === undefined) throw new Error(`There is no outline for ${letter}`);
    const size = scale * random.between(1 - disorder.size, 1 + disorder.size);
    const rotation = (random.between(-disorder.rotation, disorder.rotation) * Math.PI) / 180;
    return { glyph, size, rotation, room: glyph.advance * size * (1 + disorder.spacing) };
  });
  const room = letters.reduce((sum, letter) => sum + letter.room, 0);
  // Too long a text is made narrower; a short one keeps its shape and stands somewhere in the picture.
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

/** From the units of the font, round the middle of the letter, to pixels. */
function placeMap(glyph: Glyph, { size, rotation, squeeze, x, y }: Place): PointMap {
  const cos = Math.cos(rotation);
  const sin = Math.sin(rotation);
  return (fromX, fromY) => {
    const dx = (fromX - glyph.advance / 2) * size * squeeze;
    const dy = (fromY + capitalHeight / 2) * size;
    return [x + dx * cos - dy * sin, y + dx * sin + dy * cos];
  };
}

/** Two slow waves across each other: strokes lean and swell, and stay in one piece. */
export function bendMap(strength: number, random: Random): PointMap {
  const phases = [random.between(0, 6.28), random.between(0, 6.28)] as const;
  const lengths = [random.between(48, 80), random.between(60, 110)] as const;
  return (x, y) => [
    x + strength * Math.sin((y / lengths[0]) * 2 * Math.PI + phases[0] + x / 90),
    y + strength * Math.sin((x / lengths[1]) * 2 * Math.PI + phases[1]),
  ];
}
