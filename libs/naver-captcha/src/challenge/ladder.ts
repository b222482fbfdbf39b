import { atLeast, pressureOf } from '../limits/pressure.js';
import type { CaptchaPressure } from '../types.js';

/** What a page gets for its household's pressure. */
export interface Step {
  readonly gives: 'work' | 'media';
  /** The toll, 0 to 5, that it pays first. */
  readonly toll: number;
  readonly pressure: CaptchaPressure;
}

/**
 * The ladder. Where work may take the place of a picture: work, then a picture, then a picture after a toll. Otherwise: a
 * picture, then a picture after a toll, then one after a dearer toll.
 * @param isShort whether the standby makes the picture because NAVER's day is used too fast: emptying the day must not buy
 *   easier pictures
 */
export function stepOf(level: number, { work, isShort }: { work: boolean; isShort: boolean }): Step {
  if (work && pressureOf(level) === 'calm') return { gives: 'work', toll: 0, pressure: 'calm' };
  const ofPicture = atLeast(level, isShort ? 'raised' : 'calm');
  const pressure = pressureOf(ofPicture);
  return { gives: 'media', toll: work && pressure === 'raised' ? 0 : ofPicture, pressure };
}
