import { drawFlow } from './flow-style.js';
import { drawPhoto } from './photo-style.js';
import { drawPlain } from './plain-style.js';
import type { DrawStyle } from './style.js';

/** The styles that pictures can have; `plain` is easy to read, for people and for scripts. */
export const PICTURE_STYLES = ['photo', 'flow', 'plain'] as const;

/** How a picture looks. */
export type PictureStyle = (typeof PICTURE_STYLES)[number];

export const styles: Readonly<Record<PictureStyle, DrawStyle>> = {
  photo: drawPhoto,
  flow: drawFlow,
  plain: drawPlain,
};
