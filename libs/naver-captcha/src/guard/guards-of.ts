import 'reflect-metadata';

/** Where `@UseGuards()` writes; a constant of Nest's that its index does not export. */
export const GUARDS = '__guards__';

/** The classes of the guards that `@UseGuards()` puts in front of a controller's class or method. */
export function guardsOf(target: object): unknown[] {
  const guards: unknown = Reflect.getMetadata(GUARDS, target);
  return Array.isArray(guards) ? guards.map(classOf) : [];
}

/** Guards may be instances: their classes are what a person knows them by. */
export function classOf(guard: unknown): unknown {
  return typeof guard === 'object' && guard !== null ? guard.constructor : guard;
}
