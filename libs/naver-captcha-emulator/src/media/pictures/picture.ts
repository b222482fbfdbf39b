import sharp from 'sharp';
import type { Random } from '../random.js';
import { drawOutline } from './outline-style.js';
import { drawPlain } from './plain-style.js';
import { drawStripes } from './stripes-style.js';

/** How a picture looks; `mixed` draws `stripes` or `outline` at random. */
export type PictureStyle = 'stripes' | 'outline' | 'plain' | 'mixed';

/** The picture of a text as SVG. The same random source gives the same picture. */
export function drawPicture(style: PictureStyle, text: string, random: Random): string {
  switch (style) {
    case 'stripes':
      return drawStripes(text, random);
    case 'outline':
      return drawOutline(text, random);
    case 'plain':
      return drawPlain(text, random);
    case 'mixed':
      return drawPicture(random.pick('stripes', 'outline'), text, random);
  }
}

/** Skips the second pass for the smallest Huffman tables: a tenth faster for a few hundred bytes. */
export const toJpeg = (svg: string): Promise<Buffer> =>
  sharp(Buffer.from(svg)).jpeg({ quality: 50, optimiseCoding: false }).toBuffer();
