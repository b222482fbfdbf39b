import type { Random } from '../random.js';
import { clamp, cosine, floor, max, min, round, sine, sqrt } from './arithmetic.js';
import type { Letter } from './letters.js';
import { smoothNoise } from './noise.js';
import { outlineDistance, pixelsInside } from './outlines.js';
import { scatterLetters } from './scatter.js';
import { unitOf, type DrawStyle, type Size } from './style.js';

/** Pixels from a black line to the next, in a picture 100 pixels high. */
const period = 4.8;
const middleCount = 3;
/** Where the noise of the patches is above this, the flow changes its direction outside letters and keeps it inside. */
const patch = 0.3;
/** The outline of a letter: white up to the first distance from its middle, black from there to the second. */
const white = 1.15;
const black = 2.4;

/**
 * Fine black and white lines that flow around a few middles. Inside a letter the lines run across the flow around it, but
 * for patches where it is the other way round; its outline is a white line between two black ones, like all others. So
 * letters are neither darker nor lighter than what is around them, and no direction of lines separates them.
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
  const flow = flowOf(waves, size, random);
  const across = flowOf(waves, size, random);
  const patches = smoothNoise(size, 30 * unit, random);
  const lines = flow.map((value, pixel) => ((patches[pixel] ?? 0) > patch ? (across[pixel] ?? 0) : value));
  for (const letter of letters) turnInside(letter, { flow, lines, patches, waves, size }, random);
  const breaks = smoothNoise(size, 5 * unit, random);
  const distance = outlineDistance(letters, size, 4 * unit);
  const data = new Uint8Array(lines.length);
  for (let pixel = 0; pixel < data.length; pixel += 1) {
    const away = (distance[pixel] ?? 0) / unit;
    const uneven = breaks[pixel] ?? 0;
    const line = min(soft(sine(lines[pixel] ?? 0)), soft(away - black - 0.9 * uneven));
    data[pixel] = round(127.5 + 127.5 * max(line, soft(white - away - max(0, uneven - 0.3))));
  }
  return { data, channels: 1, quality: 32 };
};

/** -1 for black, 1 for white, between them for the soft edge of a line. */
const soft = (value: number): number => clamp(2 * value, -1, 1);

/**
 * For each pixel how many lines there are between it and the nearest of a few middles, which the lines run around. The
 * lines take every direction, so a filter for one direction shows some letters dark, others light and others not at all.
 */
function flowOf(waves: Float32Array, size: Size, random: Random): Float32Array {
  const unit = unitOf(size);
  const middles = Array.from({ length: middleCount }, (_, i) => ({
    x: size.width * ((i + random.next()) / middleCount),
    y: size.height * random.between(-0.2, 1.2),
  }));
  const bends = smoothNoise(size, 60 * unit, random);
  const flow = new Float32Array(waves.length);
  let pixel = 0;
  for (let y = 0; y < size.height; y += 1) {
    for (let x = 0; x < size.width; x += 1) {
      let nearest = size.width * size.width;
      for (const middle of middles) {
        const right = x - middle.x;
        const down = y - middle.y;
        nearest = min(nearest, right * right + down * down);
      }
      flow[pixel] = (sqrt(nearest) / unit + 8 * (bends[pixel] ?? 0) + 4 * (waves[pixel] ?? 0)) / period;
      pixel += 1;
    }
  }
  return flow;
}

interface Field {
  readonly flow: Float32Array;
  /** The flow with the letters so far. */
  readonly lines: Float32Array;
  readonly waves: Float32Array;
  readonly patches: Float32Array;
  readonly size: Size;
}

/** Lets the lines inside a letter run at about a right angle to the average direction of the flow there. */
function turnInside(letter: Letter, { flow, lines, patches, waves, size }: Field, random: Random): void {
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
    if ((patches[pixel] ?? 0) > patch) {
      lines[pixel] = flow[pixel] ?? 0;
      continue;
    }
    const x = pixel % size.width;
    const y = floor(pixel / size.width);
    lines[pixel] = ((x * acrossX + y * acrossY) / unit + 5 * (waves[pixel] ?? 0)) / period + shift;
  }
}
