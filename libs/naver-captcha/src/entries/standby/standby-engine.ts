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
}

/** Letters and digits without vowels, which could form words, and without those that look alike. */
const ALPHABET = 'BCDFGHJKMNPQRTVWXY346789';

/**
 * Pictures and sounds of our own, for when NAVER cannot issue a challenge: pass it as the option `standby`. It needs the
 * package `captcha-media`, which is loaded when the application starts.
 * @throws RangeError if `lang` is neither `ko` nor `en`
 */
export function standbyEngine({ lang = 'ko' }: StandbyEngineOptions = {}): CaptchaStandby {
  const known: readonly unknown[] = ['ko', 'en'];
  if (!known.includes(lang)) throw new RangeError("standbyEngine: lang must be 'ko' or 'en'.");
  return {
    async load(): Promise<StandbyMedia> {
      const { drawPicture, speakDigits } = await loadMedia();
      return {
        alphabet: ALPHABET,
        draw: async (text, seed) => ({
          contentType: 'image/jpeg',
          body: await drawPicture(text, { seed }),
        }),
        speak: async (digits, seed) => ({
          contentType: 'audio/wav',
          body: await speakDigits(digits, { seed, lang }),
        }),
      };
    },
  };
}

/** What is used of the package `captcha-media`. */
interface MediaPackage {
  drawPicture(text: string, options: { seed: Uint8Array }): Promise<Buffer>;
  speakDigits(digits: string, options: { seed: Uint8Array; lang: CaptchaLanguage }): Buffer | Promise<Buffer>;
}

async function loadMedia(): Promise<MediaPackage> {
  const name: string = 'captcha-media';
  let loaded: unknown;
  try {
    loaded = await import(name);
  } catch (cause) {
    const code = isObject(cause) && typeof cause['code'] === 'string' ? cause['code'] : 'unknown error';
    throw new Error(
      `standby: standbyEngine() needs the package captcha-media, which could not be loaded (${code}): ` +
        'npm install captcha-media',
      { cause },
    );
  }
  if (isMediaPackage(loaded)) return loaded;
  throw new Error(
    'standby: standbyEngine() does not know the installed version of captcha-media: npm install captcha-media',
  );
}

function isMediaPackage(loaded: unknown): loaded is MediaPackage {
  return (
    isObject(loaded) &&
    typeof loaded['drawPicture'] === 'function' &&
    typeof loaded['speakDigits'] === 'function'
  );
}
