/** Applies decorators to a class and to its methods, which plain JavaScript has no syntax for. */
export function classWith(target, { decorators = [], methods = {}, parameters = [] }) {
  for (const [name, own] of Object.entries(methods)) {
    const descriptor = Object.getOwnPropertyDescriptor(target.prototype, name);
    for (const decorate of own.toReversed()) decorate(target.prototype, name, descriptor);
    Object.defineProperty(target.prototype, name, descriptor);
  }
  parameters.forEach((decorate, index) => decorate(target, undefined, index));
  for (const decorate of decorators.toReversed()) decorate(target);
  return target;
}
