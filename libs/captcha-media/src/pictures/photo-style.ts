import type { Random } from '../random.js';
import { clamp } from './arithmetic.js';
import { bendLetters } from './bend.js';
import { paintBlossom } from './blossoms.js';
import { paint, type Canvas, type Colour } from './canvas.js';
import { paintLeaf, type Palette } from './leaves.js';
import type { Letter } from './letters.js';
import { smoothNoise } from './noise.js';
import { outlineDistance, pixelsInside } from './outlines.js';
import { scatterLetters } from './scatter.js';
import { unitOf, type DrawStyle, type Size } from './style.js';

const palettes: readonly [Palette, ...Palette[]] = [
  {
    ground: [24, 44, 26],
    leaves: [
      [38, 84, 40],
      [66, 120, 52],
      [104, 146, 66],
      [46, 98, 70],
      [84, 110, 40],
    ],
    accent: [196, 92, 110],
  },
  {
    ground: [52, 30, 20],
    leaves: [
      [142, 62, 26],
      [178, 98, 34],
      [120, 44, 34],
      [160, 122, 48],
      [92, 70, 34],
    ],
    accent: [210, 150, 60],
  },
  {
    ground: [40, 34, 62],
    leaves: [
      [150, 70, 120],
      [178, 98, 142],
      [112, 66, 140],
      [86, 92, 156],
      [64, 100, 70],
    ],
    accent: [214, 170, 80],
  },
  {
    ground: [16, 42, 62],
    leaves: [
      [30, 84, 112],
      [52, 112, 134],
      [38, 98, 96],
      [76, 122, 128],
      [44, 74, 120],
    ],
    accent: [190, 120, 100],
  },
  {
    ground: [44, 36, 30],
    leaves: [
      [98, 78, 58],
      [124, 100, 74],
      [80, 70, 60],
      [88, 96, 62],
      [132, 110, 92],
    ],
    accent: [120, 140, 70],
  },
];
const white: Colour = [250, 250, 250];
const grey: Colour = [176, 176, 176];
const shadow: Colour = [0, 0, 0];

/**
 * White outlines of letters on leaves and blossoms. The same leaves show inside and outside a letter, and many leaves have
 * rims like the outlines, so neither brightness nor the width of lines separates the letters. People find a letter by its
 * inside, where everything is a little nearer to one grey; leaves differ from each other by more than that.
 */
export const drawPhoto: DrawStyle = (text, size, random) => {
  const palette = random.pick(...palettes);
  const canvas = groundOf(palette, size, random);
  const area = (size.width * size.height) / (unitOf(size) * unitOf(size));
  for (let i = 0; i < area / 700; i += 1) paintLeaf(canvas, palette, random);
  for (let i = 0; i < area / 6500; i += 1) paintBlossom(canvas, random);
  const scattered = scatterLetters(
    text,
    { leastHeight: 48, mostHeight: 62, turn: 30, overlap: [-2, 2], order: 0.56 },
    size,
    random,
  );
  const letters = bendLetters(scattered, size, random);
  for (const letter of letters)
    for (const pixel of pixelsInside(letter, size)) paint(canvas, pixel, grey, 1, 0, 0.26);
  paintOutlines(canvas, letters, random);
  return { data: canvas.values, channels: 3, quality: 55 };
};

/** What is behind the leaves: dark and uneven. */
function groundOf({ ground }: Palette, size: Size, random: Random): Canvas {
  const canvas = { ...size, values: new Uint8ClampedArray(3 * size.width * size.height) };
  const near = smoothNoise(size, 9 * unitOf(size), random);
  smoothNoise(size, 34 * unitOf(size), random).forEach((far, pixel) => {
    paint(canvas, pixel, ground, 1.1 + 0.5 * far + 0.3 * (near[pixel] ?? 0));
  });
  return canvas;
}

const reach = 3.2;

/** Strokes that are thicker here and thinner there, worn and sometimes broken, with a shadow beside them. */
function paintOutlines(canvas: Canvas, letters: readonly Letter[], random: Random): void {
  const unit = unitOf(canvas);
  const wear = smoothNoise(canvas, 6 * unit, random);
  outlineDistance(letters, canvas, reach * unit).forEach((distance, pixel) => {
    const away = distance / unit;
    if (away >= reach) return;
    const worn = wear[pixel] ?? 0;
    const half = 1.1 + 0.35 * worn;
    const whole = clamp((0.75 + worn) * 6, 0, 1) * clamp(0.9 + 0.5 * worn, 0.45, 1);
    if (away > half) paint(canvas, pixel, shadow, 1, 0, clamp((reach - away) / 1.6, 0, 1) * 0.5);
    if (away < half + 0.5) paint(canvas, pixel, white, 1, 0, clamp(half + 0.5 - away, 0, 1) * whole);
  });
}
