// Finds where a flow of fine lines is disturbed.
import { blur, combine, negate, stretch } from './pixels.mjs';

function gradients({ width, height, planes: [plane] }) {
  const along = new Float32Array(plane.length);
  const down = new Float32Array(plane.length);
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      along[at] = plane[at + 1] - plane[at - 1];
      down[at] = plane[at + width] - plane[at - width];
    }
  }
  return { along, down };
}

/** The doubled direction of the lines at each pixel, as a vector, averaged over `sigma` pixels (structure tensor). */
export function directions(image, sigma) {
  const { along, down } = gradients(image);
  const { width, height } = image;
  const of = (mix) => blur({ width, height, planes: [along.map((value, i) => mix(value, down[i]))] }, sigma);
  return {
    cos: of((x, y) => x * x - y * y),
    sin: of((x, y) => 2 * x * y),
    energy: of((x, y) => x * x + y * y),
  };
}

/** Dark where the lines run in another direction than those around, or break. */
export function disturbance(image) {
  const near = directions(image, 2);
  const far = directions(image, 12);
  const turned = combine(
    [near.cos, near.sin, near.energy, far.cos, far.sin, far.energy],
    (cos, sin, energy, farCos, farSin, farEnergy) => {
      const [u, v] = [cos / (energy + 1), sin / (energy + 1)];
      const length = Math.hypot(farCos, farSin) + 1e-6;
      const coherence = length / (farEnergy + 1);
      return Math.max(0, coherence - (u * farCos + v * farSin) / length);
    },
  );
  return negate(stretch(turned));
}

/** Dark where the lines run in a direction, light where they run across it. */
export function linesAlong(image, degrees) {
  const { cos, sin, energy } = directions(image, 2.5);
  const angle = (2 * (degrees + 90) * Math.PI) / 180;
  const [x, y] = [Math.cos(angle), Math.sin(angle)];
  return negate(stretch(combine([cos, sin, energy], (u, v, all) => (u * x + v * y) / (all + 1))));
}
