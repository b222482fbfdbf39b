import { isCaptchaGuard } from '../guard/captcha.guard.js';
import { GUARDS } from '../guard/guards-of.js';
import { CAPTCHA_REQUIREMENT } from '../tokens.js';
import { type GuardedHandler, isField } from './guarded-handlers.js';
import { requiresAt, sourceOf } from './requirement-source.js';

/**
 * Returns a warning if this handler loses its captcha without a word: by inheritance, or because Nest never runs its
 * guard.
 */
export function lostProtection(handler: GuardedHandler, guardsFields: boolean): string | undefined {
  if (!handler.isEntryPoint) return uselessRequirement(handler);
  return inheritedSkip(handler) ?? lostRequirement(handler) ?? unguardedField(handler, guardsFields);
}

/** Returns undefined if this is no field with `@RequireCaptcha()`, or guards run for fields. */
function unguardedField(
  { controller, name, handler }: GuardedHandler,
  guardsFields: boolean,
): string | undefined {
  if (!isField(handler) || guardsFields || requiresAt(handler) !== true) return undefined;
  return (
    `${controller.name}.${name} has @RequireCaptcha(), but GraphQL runs no guards for fields, so it is resolved without ` +
    "a captcha. Pass fieldResolverEnhancers: ['guards'] to GraphQLModule, or protect the operation."
  );
}

/** Returns undefined if the method has no `@RequireCaptcha()`, or a decorator of a library that may run guards. */
function uselessRequirement({ controller, name, handler }: GuardedHandler): string | undefined {
  if (requiresAt(handler) !== true) return undefined;
  const others = Reflect.getMetadataKeys(handler).filter(
    (key) => key !== CAPTCHA_REQUIREMENT && key !== GUARDS,
  );
  if (others.length > 0) return undefined;
  return (
    `${controller.name}.${name} has @RequireCaptcha(), but is no route, message or GraphQL operation, so Nest runs no ` +
    'guard for it. Put the decorator on the handler that clients reach, or call NaverCaptchaService.verifyOrThrow().'
  );
}

/** Returns undefined if the class does not inherit `@SkipCaptcha()`, or no guard would ask for a captcha anyway. */
function inheritedSkip({ controller, handler, guards, requirement }: GuardedHandler): string | undefined {
  if (requirement?.required !== false || Reflect.hasMetadata(CAPTCHA_REQUIREMENT, handler)) return undefined;
  const source = sourceOf(controller);
  if (source?.isInherited !== true || !guards.some(isCaptchaGuard)) return undefined;
  return (
    `${controller.name} inherits @SkipCaptcha() from ${source.type.name}, so its requests get through without a ` +
    `captcha. Put @RequireCaptcha() on ${controller.name}, or @SkipCaptcha() if that is meant.`
  );
}

/** Returns undefined if the method overrides none with `@RequireCaptcha()`, or is protected another way. */
function lostRequirement({
  controller,
  prototype,
  name,
  handler,
  guards,
}: GuardedHandler): string | undefined {
  if (guards.some(isCaptchaGuard) || Reflect.hasMetadata(CAPTCHA_REQUIREMENT, handler)) return undefined;
  for (let base = Reflect.getPrototypeOf(prototype); base !== null; base = Reflect.getPrototypeOf(base)) {
    const overridden: unknown = Object.getOwnPropertyDescriptor(base, name)?.value;
    if (typeof overridden !== 'function' || requiresAt(overridden) !== true) continue;
    const place = `${controller.name}.${name}`;
    return (
      `${place} overrides ${base.constructor.name}.${name}, which has @RequireCaptcha(), without it, so its requests ` +
      `get through without a captcha. Put @RequireCaptcha() on ${place}, or @SkipCaptcha() if that is meant.`
    );
  }
  return undefined;
}
