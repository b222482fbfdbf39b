import { assertObject, oneOf, textOf } from '../checks.js';
import { Random } from '../random.js';
import type { Seed } from '../seed.js';
import { enClips } from './clips-en.data.js';
import { koClips } from './clips-ko.data.js';
import { sampleRate, Voice } from './voice.js';
import { encodeWav } from './wav.js';

/** The loudest sample of the noise, of 32768. */
const noise = 420;

const voices = { ko: new Voice(koClips), en: new Voice(enClips) };

export interface SpeakDigitsOptions {
  /** The same seed, text and language give the same sound. */
  readonly seed: Seed;
  /** Language of the digits: Korean or English. @default 'ko' */
  readonly lang?: 'ko' | 'en' | undefined;
}

interface Spoken {
  readonly clip: Int16Array;
  /** Samples of the clip per sample of the recording; above 1 is faster and higher. */
  readonly speed: number;
  readonly volume: number;
  readonly length: number;
  readonly gap: number;
}

/**
 * Digits, spoken one after the other, as a WAV file.
 *
 * @throws {TypeError} if text or an option is of another type
 * @throws {RangeError} if text is not 1 to 16 digits, or the language is another
 */
export function speakDigits(text: string, options: SpeakDigitsOptions): Buffer {
  assertObject(options, "{ seed: 'a secret' }");
  const digits = textOf(text, '0123456789');
  const voice = voices[oneOf('lang', options.lang ?? 'ko', ['ko', 'en'])];
  const random = new Random('sound', options.seed);
  const spoken = Array.from(digits, (digit) => plan(voice.clip(Number(digit)), random));
  const lead = seconds(random.between(0.25, 0.45));
  const length = spoken.reduce((sum, one) => sum + one.length + one.gap, lead);
  const samples = hiss(length, random);
  let at = lead;
  for (const one of spoken) {
    mixIn(samples, one, at);
    at += one.length + one.gap;
  }
  return encodeWav(samples, sampleRate);
}

const seconds = (value: number): number => Math.round(value * sampleRate);

function plan(clip: Int16Array, random: Random): Spoken {
  const speed = random.between(0.9, 1.1);
  return {
    clip,
    speed,
    volume: random.between(0.8, 1),
    length: Math.floor((clip.length - 1) / speed),
    gap: seconds(random.between(0.2, 0.4)),
  };
}

/** Faint noise from beginning to end: digital silence between digits would show where each begins. */
function hiss(length: number, random: Random): Int16Array {
  const bytes = random.bytes(length);
  const samples = new Int16Array(length);
  for (let i = 0; i < length; i += 1) samples[i] = ((bytes[i] ?? 0) - 127.5) * (noise / 128);
  return samples;
}

function mixIn(samples: Int16Array, { clip, speed, volume, length }: Spoken, at: number): void {
  for (let i = 0; i < length; i += 1) {
    const from = i * speed;
    const index = Math.floor(from);
    const left = clip[index] ?? 0;
    const right = clip[index + 1] ?? 0;
    const sample = (samples[at + i] ?? 0) + volume * (left + (right - left) * (from - index));
    samples[at + i] = Math.max(-32_768, Math.min(32_767, sample));
  }
}
