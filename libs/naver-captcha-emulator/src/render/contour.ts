/**
 * A closed line through x, y, x, y and so on. Of straight pieces only, short enough to bend: curves take twice as long
 * to stroke, and nobody sees the difference at this size.
 */
export type Contour = readonly number[];

/** Where a point goes. */
export type PointMap = (x: number, y: number) => readonly [number, number];

export const mapContour = (contour: Contour, map: PointMap): Contour => {
  const mapped: number[] = [];
  for (let i = 0; i + 1 < contour.length; i += 2) mapped.push(...map(contour[i] ?? 0, contour[i + 1] ?? 0));
  return mapped;
};

// A tenth of a pixel is finer than anyone sees, and keeps the text of a picture short.
const tenth = (value: number): number => Math.round(value * 10) / 10;

/** The `d` of an SVG path. */
export const pathData = (contours: readonly Contour[]): string =>
  contours.map((contour) => `M${contour.map(tenth).join(' ')}Z`).join('');
