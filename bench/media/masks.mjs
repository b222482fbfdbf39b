// Finds white outlines and fills them to solid letters.
import { blur, combine, picture } from './pixels.mjs';

/** Pieces of touching dark pixels (below 128): their pixels and boxes, largest first. */
export function pieces(image, smallest = 30) {
  const { width, height, planes } = image;
  const seen = new Uint8Array(width * height);
  const found = [];
  for (let start = 0; start < seen.length; start += 1) {
    if (seen[start] === 1 || planes[0][start] >= 128) continue;
    const pixels = [start];
    seen[start] = 1;
    for (let i = 0; i < pixels.length; i += 1) {
      const at = pixels[i];
      const x = at % width;
      for (const next of [x > 0 ? at - 1 : -1, x < width - 1 ? at + 1 : -1, at - width, at + width]) {
        if (next < 0 || next >= seen.length || seen[next] === 1 || planes[0][next] >= 128) continue;
        seen[next] = 1;
        pixels.push(next);
      }
    }
    if (pixels.length >= smallest) found.push(withBox(pixels, width));
  }
  return found.sort((a, b) => b.pixels.length - a.pixels.length);
}

function withBox(pixels, width) {
  let [left, top, right, bottom] = [Infinity, Infinity, 0, 0];
  for (const at of pixels) {
    const x = at % width;
    const y = Math.floor(at / width);
    left = Math.min(left, x);
    right = Math.max(right, x + 1);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y + 1);
  }
  return { pixels, left, top, right, bottom };
}

/** Whiter than the surroundings and near to the whitest of the picture: where white strokes are. */
export function whiteStrokes(image) {
  const white = combine([image], (...colours) => Math.min(...colours));
  const near = blur(white, 5);
  const sorted = Float32Array.from(white.planes[0]).sort();
  const limit = Math.max(110, sorted[Math.floor(sorted.length * 0.8)] * 0.85);
  return combine([white, near], (value, around) => (value > limit && value > around + 18 ? 0 : 255));
}

/**
 * Dark where a white outline encloses something: strokes, and what cannot be reached from the edge of the picture.
 * Pieces of strokes too small for a letter are left out.
 */
export function outlinesFilled(image) {
  const { width, height } = image;
  const strokes = picture(width, height, new Float32Array(width * height).fill(255));
  for (const piece of pieces(whiteStrokes(image), 40)) {
    if (piece.right - piece.left < 10 && piece.bottom - piece.top < 10) continue;
    for (const at of piece.pixels) strokes.planes[0][at] = 0;
  }
  const outside = new Uint8Array(width * height);
  const queue = [];
  const visit = (at) => {
    if (outside[at] === 1 || strokes.planes[0][at] === 0) return;
    outside[at] = 1;
    queue.push(at);
  };
  for (let x = 0; x < width; x += 1) [x, (height - 1) * width + x].forEach(visit);
  for (let y = 0; y < height; y += 1) [y * width, y * width + width - 1].forEach(visit);
  while (queue.length > 0) {
    const at = queue.pop();
    const x = at % width;
    if (x > 0) visit(at - 1);
    if (x < width - 1) visit(at + 1);
    if (at >= width) visit(at - width);
    if (at < (height - 1) * width) visit(at + width);
  }
  return picture(
    width,
    height,
    Float32Array.from(outside, (value) => (value === 1 ? 255 : 0)),
  );
}
