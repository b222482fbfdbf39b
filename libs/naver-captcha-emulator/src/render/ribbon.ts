import type { Contour } from './contour.js';

type Point = readonly [number, number];

/** The outline of a band, from its two edges at every step. */
export function ribbon(
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
