import type { Random } from '../random.js';

/** What a style draws on. The height is always 100 units; the width follows the proportions of the picture. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
}

/** Draws a text as SVG elements, in units of the canvas. The same random source gives the same elements. */
export type DrawStyle = (text: string, canvas: Canvas, random: Random) => string;
