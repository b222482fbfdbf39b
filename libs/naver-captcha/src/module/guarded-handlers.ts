import { type ApplicationConfig, MetadataScanner, type ModulesContainer, type Reflector } from '@nestjs/core';

import { CAPTCHA_REQUIREMENT } from '../tokens.js';
import type { ResolvedCaptchaOptions } from '../types.js';
import { isObject } from '../unknown-values.js';
import { CaptchaGuard } from '../guard/captcha.guard.js';
import { type CaptchaRequirement, mergeRequirements } from '../guard/captcha-requirement.js';
import { classOf, guardsOf } from '../guard/guards-of.js';

type NestModule = ModulesContainer extends ReadonlyMap<string, infer T> ? T : never;

/** A method of a controller with its guards and captcha requirement. */
export interface GuardedHandler {
  readonly module: NestModule;
  readonly controller: { readonly name: string };
  /** The controller's prototype; the handler is its own method or an inherited one. */
  readonly prototype: object;
  readonly name: string;
  readonly handler: { readonly name: string };
  /** The classes of its guards, in the order they run. */
  readonly guards: readonly unknown[];
  /** The decorators of class and method merged; undefined if there are none. */
  readonly requirement: CaptchaRequirement | undefined;
}

/** Yields every method of every controller, including methods that are not routes. */
export function* guardedHandlers(
  modules: ModulesContainer,
  application: ApplicationConfig,
  reflector: Reflector,
): Generator<GuardedHandler> {
  const scanner = new MetadataScanner();
  const globalGuards = [
    ...application.getGlobalGuards().map(classOf),
    ...application.getGlobalRequestGuards().map(({ metatype }) => metatype),
  ];
  for (const module of modules.values()) {
    for (const { metatype } of module.controllers.values()) {
      if (typeof metatype !== 'function') continue;
      const prototype: unknown = metatype.prototype;
      if (!isObject(prototype)) continue;
      for (const name of scanner.getAllMethodNames(prototype)) {
        const handler = prototype[name];
        if (typeof handler !== 'function') continue;
        yield {
          module,
          controller: metatype,
          prototype,
          name,
          handler,
          guards: [...globalGuards, ...guardsOf(metatype), ...guardsOf(handler)],
          requirement: mergeRequirements(
            requirementOf(reflector, metatype),
            requirementOf(reflector, handler),
          ),
        };
      }
    }
  }
}

/** What the application's own class of the captcha guard is, in front of one handler. */
export interface CaptchaGuardInFront {
  /** The settings of the module it belongs to; undefined for a guard that is made anew for each request. */
  readonly options: ResolvedCaptchaOptions | undefined;
  readonly overridesFindAnswer: boolean;
  readonly overridesShouldSkip: boolean;
}

/** The captcha guard in front of a handler; undefined if there is none. */
export function captchaGuardOf(
  { guards, module }: GuardedHandler,
  application: ApplicationConfig,
): CaptchaGuardInFront | undefined {
  const type = guards.find(isCaptchaGuard);
  if (type === undefined) return undefined;
  const guard = [...application.getGlobalGuards(), module.injectables.get(type)?.instance].find(
    (each) => each instanceof CaptchaGuard,
  );
  const { options }: Partial<Pick<CaptchaGuard, 'options'>> = guard ?? {};
  return {
    options,
    overridesFindAnswer: overrides(type, 'findAnswer'),
    overridesShouldSkip: overrides(type, 'shouldSkip'),
  };
}

function overrides(type: typeof CaptchaGuard, method: string): boolean {
  return Reflect.get(type.prototype, method) !== Reflect.get(CaptchaGuard.prototype, method);
}

/** Whether this is the class of the captcha guard or a subclass. */
export function isCaptchaGuard(type: unknown): type is typeof CaptchaGuard {
  return type === CaptchaGuard || (typeof type === 'function' && type.prototype instanceof CaptchaGuard);
}

function requirementOf(reflector: Reflector, target: object): CaptchaRequirement | undefined {
  return typeof target === 'function' ? reflector.get(CAPTCHA_REQUIREMENT, target) : undefined;
}
