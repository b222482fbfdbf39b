import type { Random } from '../random.js';

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A picture before it becomes a JPEG: rows of grey values, or of red, green and blue. */
export interface Pixels {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly channels: 1 | 3;
  /** Of the JPEG. */
  readonly quality: number;
}

/** Draws a text. The same random source gives the same pixels. */
export type DrawStyle = (text: string, size: Size, random: Random) => Pixels;

/** Styles are designed for pictures 100 pixels high: the pixels that a pixel of the design has. */
export const unitOf = ({ height }: Size): number => height / 100;
