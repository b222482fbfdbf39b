// Pictures as planes of numbers from 0 to 255, and the filters that an attacker would try on them.

/** A picture of one plane (grey) or three (red, green, blue), each `width × height` numbers. */
export const picture = (width, height, ...planes) => ({ width, height, planes });

export const map = (image, change) =>
  picture(image.width, image.height, ...image.planes.map((plane) => plane.map(change)));

export function grey({ width, height, planes }) {
  if (planes.length === 1) return picture(width, height, planes[0]);
  const [red, green, blue] = planes;
  return picture(
    width,
    height,
    red.map((value, i) => 0.299 * value + 0.587 * green[i] + 0.114 * blue[i]),
  );
}

export const negate = (image) => map(image, (value) => 255 - value);
export const threshold = (image, limit) => map(image, (value) => (value >= limit ? 255 : 0));

export function stretch(image) {
  const sorted = Float32Array.from(image.planes[0]).sort();
  const low = sorted[Math.floor(sorted.length * 0.01)];
  const high = Math.max(low + 1, sorted[Math.floor(sorted.length * 0.99)]);
  return map(image, (value) => Math.min(255, Math.max(0, ((value - low) * 255) / (high - low))));
}

/** The threshold that separates two groups best (Otsu). */
export function otsu(image) {
  const counts = new Array(256).fill(0);
  for (const value of image.planes[0]) counts[Math.round(value)] += 1;
  const total = image.planes[0].length;
  const sum = counts.reduce((all, count, value) => all + count * value, 0);
  let [below, belowSum, best, limit] = [0, 0, -1, 128];
  for (let value = 0; value < 255; value += 1) {
    below += counts[value];
    belowSum += counts[value] * value;
    if (below === 0 || below === total) continue;
    const gap = belowSum / below - (sum - belowSum) / (total - below);
    const between = below * (total - below) * gap * gap;
    if (between > best) [best, limit] = [between, value + 1];
  }
  return limit;
}

/** Averages along rows and columns with a Gaussian weight. */
export function blur(image, sigma) {
  const reach = Math.ceil(sigma * 2.5);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)),
  );
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const kernel = weights.map((weight) => weight / sum);
  const pass = (plane, length, lines, step, lineStep) => {
    const out = new Float32Array(plane.length);
    for (let line = 0; line < lines; line += 1) {
      for (let at = 0; at < length; at += 1) {
        let value = 0;
        for (let k = -reach; k <= reach; k += 1) {
          const from = Math.min(length - 1, Math.max(0, at + k));
          value += kernel[k + reach] * plane[line * lineStep + from * step];
        }
        out[line * lineStep + at * step] = value;
      }
    }
    return out;
  };
  const { width, height } = image;
  return picture(
    width,
    height,
    ...image.planes.map((plane) => pass(pass(plane, width, height, 1, width), height, width, width, 1)),
  );
}

/** The smallest (`pick` is Math.min) or largest value in the square of `2 × reach + 1` around each pixel. */
function extreme(image, reach, pick) {
  const { width, height } = image;
  const pass = (plane, length, step) =>
    plane.map((_, i) => {
      const at = Math.floor(i / step) % length;
      let value = plane[i];
      for (let k = Math.max(-reach, -at); k <= Math.min(reach, length - 1 - at); k += 1)
        value = pick(value, plane[i + k * step]);
      return value;
    });
  return picture(width, height, ...image.planes.map((plane) => pass(pass(plane, width, 1), height, width)));
}

export function median(image, reach) {
  const { width, height } = image;
  const near = new Float32Array((2 * reach + 1) ** 2);
  const of = (plane, x, y) => {
    let count = 0;
    for (let v = Math.max(0, y - reach); v <= Math.min(height - 1, y + reach); v += 1)
      for (let u = Math.max(0, x - reach); u <= Math.min(width - 1, x + reach); u += 1) {
        near[count] = plane[v * width + u];
        count += 1;
      }
    return near.subarray(0, count).sort()[count >> 1];
  };
  return picture(
    width,
    height,
    ...image.planes.map((plane) => plane.map((_, i) => of(plane, i % width, Math.floor(i / width)))),
  );
}

export const dilate = (image, reach) => extreme(image, reach, Math.max);
export const erode = (image, reach) => extreme(image, reach, Math.min);
export const closing = (image, reach) => erode(dilate(image, reach), reach);
export const opening = (image, reach) => dilate(erode(image, reach), reach);

/** One plane from several: `combine` gets the values of a pixel in each. */
export function combine(images, mix) {
  const planes = images.flatMap((image) => image.planes);
  return picture(
    images[0].width,
    images[0].height,
    planes[0].map((_, i) => mix(...planes.map((plane) => plane[i]))),
  );
}

/** Distance of each pixel's colour from the average colour of its surroundings. */
export function colourDistance(image, sigma) {
  const far = blur(image, sigma);
  return stretch(
    combine([image, far], (...values) => {
      const half = values.length / 2;
      let sum = 0;
      for (let i = 0; i < half; i += 1) sum += (values[i] - values[i + half]) ** 2;
      return Math.sqrt(sum);
    }),
  );
}

/** A point of the picture by linear interpolation; `outside` beyond the edges. */
export function sample(plane, width, height, x, y, outside) {
  if (x < -0.5 || y < -0.5 || x > width - 0.5 || y > height - 0.5) return outside;
  const left = Math.min(width - 1, Math.max(0, Math.floor(x)));
  const top = Math.min(height - 1, Math.max(0, Math.floor(y)));
  const right = Math.min(width - 1, left + 1);
  const bottom = Math.min(height - 1, top + 1);
  const u = Math.max(0, x - left);
  const v = Math.max(0, y - top);
  const upper = plane[top * width + left] * (1 - u) + plane[top * width + right] * u;
  const lower = plane[bottom * width + left] * (1 - u) + plane[bottom * width + right] * u;
  return upper * (1 - v) + lower * v;
}

/** Scaled to another size. A smaller picture is blurred before, so that fine lines average instead of vanishing. */
export function resized(image, width, height) {
  const shrink = Math.min(image.width / width, image.height / height);
  const source = shrink > 1.2 ? blur(image, shrink * 0.4) : image;
  return picture(
    width,
    height,
    ...source.planes.map((plane) => {
      const out = new Float32Array(width * height);
      for (let y = 0; y < height; y += 1)
        for (let x = 0; x < width; x += 1)
          out[y * width + x] = sample(
            plane,
            image.width,
            image.height,
            ((x + 0.5) * image.width) / width - 0.5,
            ((y + 0.5) * image.height) / height - 0.5,
            0,
          );
      return out;
    }),
  );
}

/** A square of `size` pixels that shows the box of `reach` pixels around a point, turned by `degrees`. */
export function turned(image, { x, y, reach, degrees, size, outside }) {
  const cos = Math.cos((degrees * Math.PI) / 180);
  const sin = Math.sin((degrees * Math.PI) / 180);
  return picture(
    size,
    size,
    ...image.planes.map((plane) => {
      const out = new Float32Array(size * size);
      for (let v = 0; v < size; v += 1) {
        for (let u = 0; u < size; u += 1) {
          const dx = ((u + 0.5) / size - 0.5) * 2 * reach;
          const dy = ((v + 0.5) / size - 0.5) * 2 * reach;
          out[v * size + u] = sample(
            plane,
            image.width,
            image.height,
            x + dx * cos - dy * sin,
            y + dx * sin + dy * cos,
            outside,
          );
        }
      }
      return out;
    }),
  );
}

export function cropped(image, { left, top, right, bottom }) {
  const width = right - left;
  const height = bottom - top;
  return picture(
    width,
    height,
    ...image.planes.map((plane) => {
      const out = new Float32Array(width * height);
      for (let y = 0; y < height; y += 1)
        for (let x = 0; x < width; x += 1) out[y * width + x] = plane[(y + top) * image.width + x + left];
      return out;
    }),
  );
}
