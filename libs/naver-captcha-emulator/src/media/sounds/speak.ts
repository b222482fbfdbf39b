import type { Random } from '../random.js';
import { sampleRate, type Voice } from './voice.js';
import { encodeWav } from './wav.js';

const noise = 420;

interface Spoken {
  readonly clip: Int16Array;
  /** Samples of the clip per sample of the recording; above 1 is faster and higher. */
  readonly speed: number;
  readonly volume: number;
  readonly length: number;
  readonly gap: number;
}

/** These digits, spoken one after the other, as a WAV file. The same random source gives the same file. */
export function speak(digits: string, voice: Voice, random: Random): Buffer {
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
  const samples = new Int16Array(length);
  let state = random.uint32() | 1;
  for (let i = 0; i < length; i += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    samples[i] = (state >> 16) * (noise / 32_768);
  }
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
