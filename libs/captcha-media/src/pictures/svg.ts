/**
 * A closed line through x, y, x, y and so on. It has straight pieces only, short enough to bend: curves take twice as
 * long to stroke, and the difference is invisible at this size.
 */
export type Contour = readonly number[];

/** Where a point goes. */
export type PointMap = (x: number, y: number) => readonly [number, number];

export const mapContour = (contour: Contour, map: PointMap): Contour => {
  const mapped: number[] = [];
  for (let i = 0; i + 1 < contour.length; i += 2) mapped.push(...map(contour[i] ?? 0, contour[i + 1] ?? 0));
  return mapped;
};

type Point = readonly [number, number];

/** The outline of a band, from its two edges at every step. */
export function bandContour(
  from: number,
  to: number,
  step: number,
  edges: (along: number) => readonly [Point, Point],
): Contour {
  const there: Point[] = [];
  const back: Point[] = [];
  for (let along = from; along <= to; along += step) {
    const [one, other] = edges(along);
    there.push(one);
    back.unshift(other);
  }
  return [...there, ...back].flat();
}

// A tenth of a unit, a tenth of a pixel in a picture of the usual size, is finer than the eye sees and keeps the SVG short.
const tenth = (value: number): number => Math.round(value * 10) / 10;

/** The `d` of an SVG path. */
export const pathData = (contours: readonly Contour[]): string =>
  contours.map((contour) => `M${contour.map(tenth).join(' ')}Z`).join('');
