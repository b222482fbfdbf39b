/**
 * A closed outline: x, y of its start, then for every piece the control point and the end point of a quadratic curve
 * (four numbers). Straight lines are curves too, so that one function bends everything.
 */
export type Contour = readonly number[];

/** Where a point goes. */
export type PointMap = (x: number, y: number) => readonly [number, number];

export const mapContour = (contour: Contour, map: PointMap): Contour => {
  const mapped: number[] = [];
  for (let i = 0; i + 1 < contour.length; i += 2) mapped.push(...map(contour[i] ?? 0, contour[i + 1] ?? 0));
  return mapped;
};

/** The straight-edged outline through these points. */
export const polygon = (points: readonly (readonly [number, number])[]): Contour => {
  const contour: number[] = [];
  let from: readonly [number, number] | undefined;
  for (const to of points) {
    if (from !== undefined) contour.push((from[0] + to[0]) / 2, (from[1] + to[1]) / 2);
    contour.push(...to);
    from = to;
  }
  return contour;
};

// A tenth of a pixel is finer than anyone sees, and keeps the text of a picture short.
const tenth = (value: number): number => Math.round(value * 10) / 10;

/** The `d` of an SVG path. */
export const pathData = (contours: readonly Contour[]): string => {
  let data = '';
  for (const contour of contours) {
    data += `M${tenth(contour[0] ?? 0)} ${tenth(contour[1] ?? 0)}Q`;
    for (let i = 2; i < contour.length; i += 1) data += `${i === 2 ? '' : ' '}${tenth(contour[i] ?? 0)}`;
    data += 'Z';
  }
  return data;
};
