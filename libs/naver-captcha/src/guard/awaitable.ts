import type { Awaitable } from '../types.js';
import { isObject } from '../unknown-values.js';

// What an application's functions yield mostly need not be awaited, and awaiting it all the same costs every request.

/** Goes on with a value: at once, or when it is there. */
export function andThen<T, R>(value: Awaitable<T>, next: (value: T) => R): Awaitable<R> {
  return isThenable(value) ? Promise.resolve(value).then(next) : next(value);
}

/** Runs what may throw or reject; then it is what `recover` makes of that. */
export function attempt<T>(work: () => Awaitable<T>, recover: (thrown: unknown) => T): Awaitable<T> {
  try {
    const value = work();
    return isThenable(value) ? Promise.resolve(value).catch(recover) : value;
  } catch (thrown) {
    return recover(thrown);
  }
}

/** Promises of whatever make. */
function isThenable<T>(value: Awaitable<T>): value is Promise<T> {
  return isObject(value) && typeof value['then'] === 'function';
}
