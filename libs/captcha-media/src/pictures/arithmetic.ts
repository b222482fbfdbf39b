/** Loops over pixels use these: inside Jest, each use of the global `Math` takes about a microsecond. */
export const { abs, ceil, floor, max, min, round, sqrt } = Math;

/**
 * The sine of a number of whole turns, within 0.001. It needs sums and products only, which have the same bits on every
 * machine; `Math.sin` may differ in the last one.
 */
export function sine(turns: number): number {
  const part = turns - floor(turns + 0.5);
  const arc = 8 * part - 16 * part * abs(part);
  return 0.225 * (arc * abs(arc) - arc) + arc;
}

export const cosine = (turns: number): number => sine(turns + 0.25);

export const clamp = (value: number, least: number, most: number): number =>
  value < least ? least : value > most ? most : value;
