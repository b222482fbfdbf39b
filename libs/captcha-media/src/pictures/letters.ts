import { cosine, max, min, sine } from './arithmetic.js';
import { glyphRows } from './glyphs.data.js';

/** A closed line through x, y, x, y and so on. */
export type Contour = readonly number[];

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Letter {
  readonly contours: readonly Contour[];
  readonly box: Box;
}

/** How a letter is drawn, in pixels and whole turns. */
export interface Shape {
  readonly capitalHeight: number;
  readonly turns: number;
  /** Its width, as a share of the usual one. */
  readonly squeeze: number;
  /** How much it leans, as a share of its height. */
  readonly slant: number;
}

type PointMap = (x: number, y: number) => readonly [x: number, y: number];

const glyphs: ReadonlyMap<string, Letter> = new Map(
  glyphRows.map(([letter, contours]) => [letter, { contours, box: boxOf(contours) }]),
);

/** Every character that pictures can show: all capitals and digits. */
export const PICTURE_ALPHABET = glyphRows.map(([letter]) => letter).join('');

/**
 * The characters that people tell apart in every style, turned and overlapping: use these for captchas. It has no
 * vowels, so that no text is a word.
 */
export const CLEAR_ALPHABET = 'CDFHJLMRTW2369';

const unitsOfCapital = 711;

/** The letter around the point 0, 0. */
export function shapeLetter(character: string, { capitalHeight, turns, squeeze, slant }: Shape): Letter {
  const glyph = glyphs.get(character);
  if (glyph === undefined)
    throw new Error(`No outline for ${character}: pictures can show ${PICTURE_ALPHABET}`);
  const scale = capitalHeight / unitsOfCapital;
  const middleX = (glyph.box.left + glyph.box.right) / 2;
  const middleY = (glyph.box.top + glyph.box.bottom) / 2;
  const cos = cosine(turns);
  const sin = sine(turns);
  const contours = glyph.contours.map((contour) =>
    mapContour(contour, (fromX, fromY) => {
      const y = (fromY - middleY) * scale;
      const x = (fromX - middleX) * scale * squeeze - y * slant;
      return [x * cos - y * sin, x * sin + y * cos];
    }),
  );
  return { contours, box: boxOf(contours) };
}

export const moveLetter = (letter: Letter, right: number, down: number): Letter =>
  mapLetter(letter, (x, y) => [x + right, y + down]);

/** Makes a letter narrower, towards the left edge of the picture. */
export const narrowLetter = (letter: Letter, share: number): Letter =>
  mapLetter(letter, (x, y) => [x * share, y]);

/** Moves each point of the outline to another place. */
export function mapLetter({ contours }: Letter, map: PointMap): Letter {
  const mapped = contours.map((contour) => mapContour(contour, map));
  return { contours: mapped, box: boxOf(mapped) };
}

/** Calls back with the ends of each straight piece of the outline. */
export function forEachEdge(
  { contours }: Letter,
  visit: (fromX: number, fromY: number, toX: number, toY: number) => void,
): void {
  for (const contour of contours) {
    let fromX = contour.at(-2) ?? 0;
    let fromY = contour.at(-1) ?? 0;
    for (let i = 0; i + 1 < contour.length; i += 2) {
      const toX = contour[i] ?? 0;
      const toY = contour[i + 1] ?? 0;
      visit(fromX, fromY, toX, toY);
      fromX = toX;
      fromY = toY;
    }
  }
}

function mapContour(contour: Contour, map: PointMap): Contour {
  const mapped: number[] = [];
  for (let i = 0; i + 1 < contour.length; i += 2) mapped.push(...map(contour[i] ?? 0, contour[i + 1] ?? 0));
  return mapped;
}

function boxOf(contours: readonly Contour[]): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const contour of contours) {
    for (let i = 0; i + 1 < contour.length; i += 2) {
      const x = contour[i] ?? 0;
      const y = contour[i + 1] ?? 0;
      left = min(left, x);
      right = max(right, x);
      top = min(top, y);
      bottom = max(bottom, y);
    }
  }
  return { left, top, right, bottom };
}
