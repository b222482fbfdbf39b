import 'reflect-metadata';

import { isObject } from '../unknown-values.js';

/** Where `@UseGuards()` writes; a constant of Nest's that its index does not export. */
export const GUARDS = '__guards__';

/** The classes of the guards that `@UseGuards()` puts in front of a controller's class or method. */
export function guardsOf(target: object): unknown[] {
  const guards: unknown = Reflect.getMetadata(GUARDS, target);
  return Array.isArray(guards) ? guards.map(classOf) : [];
}

/** The class of a guard, which may be given as a class or as an instance. */
export function classOf(guard: unknown): unknown {
  return isObject(guard) ? guard.constructor : guard;
}
