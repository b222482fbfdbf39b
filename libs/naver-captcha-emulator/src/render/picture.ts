import sharp from 'sharp';
import type { EmulatorStyle } from '../options/options.js';
import type { Random } from '../random/random.js';
import { drawOutline } from './outline-style.js';
import { drawPlain } from './plain-style.js';
import { drawStripes } from './stripes-style.js';

/** The picture of an answer as SVG: the same for the same random source. */
export function drawPicture(style: EmulatorStyle, answer: string, random: Random): string {
  switch (style) {
    case 'stripes':
      return drawStripes(answer, random);
    case 'outline':
      return drawOutline(answer, random);
    case 'plain':
      return drawPlain(answer, random);
    case 'mixed':
      return drawPicture(random.pick('stripes', 'outline'), answer, random);
  }
}

/** Without the second pass for the smallest Huffman tables: a tenth faster for a few hundred bytes. */
export const toJpeg = (svg: string): Promise<Buffer> =>
  sharp(Buffer.from(svg)).jpeg({ quality: 50, optimiseCoding: false }).toBuffer();
