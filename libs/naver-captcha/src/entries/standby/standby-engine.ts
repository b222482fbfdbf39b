import { setImmediate } from 'node:timers/promises';

import type * as Media from 'captcha-media';

import type { CaptchaStandby, StandbyMedia } from '../../engines/standby/standby.engine.js';
import type { CaptchaLanguage } from '../../types.js';
import { isObject } from '../../unknown-values.js';

/** The options of {@link standbyEngine}. */
export interface StandbyEngineOptions {
  /**
   * The language of the spoken digits.
   * @default 'ko'
   */
  readonly lang?: CaptchaLanguage | undefined;
  /**
   * How pictures look. Scripts read `plain` easily: it is for tests.
   * @default 'flow'
   */
  readonly style?: Media.PictureStyle | undefined;
}

/**
 * Pictures and sounds of our own, for when NAVER cannot issue a challenge: pass it as the option `standby`. It needs the
 * package `captcha-media`, which is loaded when the application starts.
 * @throws RangeError if `lang` is neither `ko` nor `en`
 */
export function standbyEngine({ lang = 'ko', style }: StandbyEngineOptions = {}): CaptchaStandby {
  const known: readonly unknown[] = ['ko', 'en'];
  if (!known.includes(lang)) throw new RangeError("standbyEngine: lang must be 'ko' or 'en'.");
  return {
    async load(): Promise<StandbyMedia> {
      const media = await loadMedia();
      const styles: readonly unknown[] = media.PICTURE_STYLES;
      if (style !== undefined && !styles.includes(style)) {
        throw new Error(`standby: the style of standbyEngine() must be one of ${styles.join(', ')}`);
      }
      // If it fails, the picture of the first visitor fails as well, and the log says so.
      warmUp(media, style).catch(() => undefined);
      return {
        alphabet: media.CLEAR_ALPHABET,
        draw: async (text, seed) => ({
          contentType: 'image/jpeg',
          body: await media.drawPicture(text, { seed, style }),
        }),
        speak: async (digits, seed) =>
          Promise.resolve({ contentType: 'audio/wav', body: media.speakDigits(digits, { seed, lang }) }),
      };
    },
  };
}

/** Draws pictures in the background, because the first ones of a process take up to ten times as long as later ones. */
async function warmUp(
  { drawPicture, CLEAR_ALPHABET }: typeof Media,
  style: Media.PictureStyle | undefined,
): Promise<void> {
  for (const seed of [1, 2, 3]) {
    await setImmediate();
    await drawPicture(CLEAR_ALPHABET.slice(0, 6), { seed, style });
  }
}

async function loadMedia(): Promise<typeof Media> {
  try {
    return await import('captcha-media');
  } catch (cause) {
    const code = isObject(cause) && typeof cause['code'] === 'string' ? cause['code'] : 'unknown error';
    throw new Error(
      `standby: standbyEngine() needs the package captcha-media, which could not be loaded (${code}): ` +
        'npm install captcha-media',
      { cause },
    );
  }
}
