import type { Random } from '../random.js';
import { clamp, cosine, floor, max, min, round, sine, sqrt } from './arithmetic.js';
import type { Letter } from './letters.js';
import { smoothNoise } from './noise.js';
import { outlineDistance, pixelsInside } from './outlines.js';
import { scatterLetters } from './scatter.js';
import { unitOf, type DrawStyle, type Size } from './style.js';

/** Pixels from a black line to the next, in a picture 100 pixels high. */
const period = 4.8;
/** The outline of a letter: white up to the first distance from its middle, black from there to the second. */
const white = 1.05;
const black = 2.2;

/**
 * A flow of fine black and white lines. Inside a letter the lines run across the flow around it, and its outline is
 * a white line between two black ones, like all others: letters are neither darker nor lighter than what is around them.
 */
export const drawFlow: DrawStyle = (text, size, random) => {
  const unit = unitOf(size);
  const letters = scatterLetters(
    text,
    { leastHeight: 50, mostHeight: 64, turn: 26, overlap: [-2, 2], order: 0.56 },
    size,
    random,
  );
  const waves = smoothNoise(size, 30 * unit, random);
  const lines = flowOf(waves, size, random);
  const flow = Float32Array.from(lines);
  for (const letter of letters) turnInside(letter, { flow, lines, waves, size }, random);
  const distance = outlineDistance(letters, size, 3 * unit);
  const data = new Uint8Array(lines.length);
  for (let pixel = 0; pixel < data.length; pixel += 1) {
    const away = (distance[pixel] ?? 0) / unit;
    const line = min(sharp(sine(lines[pixel] ?? 0)), sharp(away - black));
    data[pixel] = round(127.5 + 127.5 * max(line, sharp(white - away)));
  }
  return { data, channels: 1, quality: 32 };
};

/** -1 for black, 1 for white, between them for the soft edge of a line. */
const sharp = (value: number): number => clamp(2 * value, -1, 1);

/** For each pixel how many lines there are before it, along a direction that turns from place to place. */
function flowOf(waves: Float32Array, size: Size, random: Random): Float32Array {
  const unit = unitOf(size);
  const turns = random.next();
  const sin = sine(turns);
  const cos = cosine(turns);
  const bends = smoothNoise(size, 70 * unit, random);
  return waves.map((wave, pixel) => {
    const x = pixel % size.width;
    const y = floor(pixel / size.width);
    return ((y * cos - x * sin) / unit + 21 * (bends[pixel] ?? 0) + 6 * wave) / period;
  });
}

interface Field {
  readonly flow: Float32Array;
  /** The flow with the letters so far. */
  readonly lines: Float32Array;
  readonly waves: Float32Array;
  readonly size: Size;
}

/** Lets the lines inside a letter run at about a right angle to the average direction of the flow there. */
function turnInside(letter: Letter, { flow, lines, waves, size }: Field, random: Random): void {
  const unit = unitOf(size);
  const inside = pixelsInside(letter, size);
  let alongX = 0;
  let alongY = 0;
  for (const pixel of inside) {
    alongX += (flow[pixel + 1] ?? 0) - (flow[pixel] ?? 0);
    alongY += (flow[pixel + size.width] ?? flow[pixel] ?? 0) - (flow[pixel] ?? 0);
  }
  const length = sqrt(alongX * alongX + alongY * alongY) || 1;
  const turns = 0.25 + random.between(-0.04, 0.04);
  const acrossX = (alongX * cosine(turns) - alongY * sine(turns)) / length;
  const acrossY = (alongX * sine(turns) + alongY * cosine(turns)) / length;
  const shift = random.next();
  for (const pixel of inside) {
    const x = pixel % size.width;
    const y = floor(pixel / size.width);
    lines[pixel] = ((x * acrossX + y * acrossY) / unit + 5 * (waves[pixel] ?? 0)) / period + shift;
  }
}
