import { CAPTCHA_REQUIREMENT } from '../tokens.js';
import { isObject } from '../unknown-values.js';

/** The class whose decorator says what a handler requires: its own, or the base class it inherits from. */
export interface RequirementSource {
  readonly type: { readonly name: string };
  readonly isInherited: boolean;
}

/** Returns undefined if neither the class nor a base class has a decorator of ours. */
export function sourceOf(type: object): RequirementSource | undefined {
  for (let at: object | null = type; at !== null; at = Reflect.getPrototypeOf(at)) {
    if (requiresAt(at) === undefined || typeof at !== 'function') continue;
    return { type: at, isInherited: at !== type };
  }
  return undefined;
}

/** Whether a decorator on this very class or method requires a captcha; undefined if it has none of ours. */
export function requiresAt(target: object): boolean | undefined {
  const requirement: unknown = Reflect.getOwnMetadata(CAPTCHA_REQUIREMENT, target);
  return isObject(requirement) ? requirement['required'] === true : undefined;
}
