import { drawOutline } from './outline-style.js';
import { drawPlain } from './plain-style.js';
import { drawStripes } from './stripes-style.js';
import type { DrawStyle } from './style.js';

/** The styles that pictures can have; `plain` is easy to read, for people and for scripts. */
export const PICTURE_STYLES = ['stripes', 'outline', 'plain'] as const;

/** How a picture looks. */
export type PictureStyle = (typeof PICTURE_STYLES)[number];

export const styles: Readonly<Record<PictureStyle, DrawStyle>> = {
  stripes: drawStripes,
  outline: drawOutline,
  plain: drawPlain,
};
