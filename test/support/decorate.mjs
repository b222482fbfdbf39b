/** What TypeScript makes of several decorators on one method. */
export function decorate(...decorators) {
  return (prototype, name) => {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
    for (const decorator of decorators.toReversed()) decorator(prototype, name, descriptor);
  };
}
