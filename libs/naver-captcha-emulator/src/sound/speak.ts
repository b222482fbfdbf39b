import type { EmulatorLang } from '../options/options.js';
import type { Random } from '../random/random.js';
import { encodeWav } from './wav.js';

export function speak(digits: string, lang: EmulatorLang, random: Random): Buffer {
  return encodeWav(new Int16Array(16_000 * (digits.length + random.fraction() + lang.length)), 16_000);
}
