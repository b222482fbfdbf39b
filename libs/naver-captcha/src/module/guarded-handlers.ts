import { type ApplicationConfig, MetadataScanner, type ModulesContainer, type Reflector } from '@nestjs/core';

import { CAPTCHA_REQUIREMENT } from '../tokens.js';
import type { ResolvedCaptchaOptions } from '../types.js';
import { isObject } from '../unknown-values.js';
import { CaptchaGuard, isCaptchaGuard } from '../guard/captcha.guard.js';
import { type CaptchaRequirement, mergeRequirements } from '../guard/captcha-requirement.js';
import { classOf, guardsOf } from '../guard/guards-of.js';

const FIELD_MARK = 'graphql:resolve_property';
/** Where Nest's decorators of routes, messages, sockets, GraphQL operations and fields write; its indexes export none. */
const ENTRY_POINT_MARKS = [
  'path',
  'microservices:pattern',
  'websockets:message_mapping',
  'graphql:resolver_type',
  FIELD_MARK,
];

type NestModule = ModulesContainer extends ReadonlyMap<string, infer T> ? T : never;

/** A method of a controller, a resolver or a gateway with its guards and captcha requirement. */
export interface GuardedHandler {
  readonly module: NestModule;
  readonly controller: { readonly name: string };
  /** Its prototype; the handler is its own method or an inherited one. */
  readonly prototype: object;
  readonly name: string;
  readonly handler: { readonly name: string };
  /** True if a client reaches it; a controller also has methods of other use. */
  readonly isEntryPoint: boolean;
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
  const globalGuards = globalGuardsOf(application);
  for (const module of modules.values()) {
    for (const { metatype } of module.controllers.values()) {
      yield* handlersOf(metatype, module, globalGuards, reflector);
    }
  }
}

/** Yields every method of every provider: those of resolvers and gateways are the entry points. */
export function* providedHandlers(
  modules: ModulesContainer,
  reflector: Reflector,
): Generator<GuardedHandler> {
  for (const module of modules.values()) {
    for (const { metatype } of module.providers.values()) {
      // A global guard protects HTTP routes only.
      yield* handlersOf(metatype, module, [], reflector);
    }
  }
}

/** True for the method of a resolver that resolves a field of a result. */
export function isField(handler: object): boolean {
  return Reflect.getMetadata(FIELD_MARK, handler) === true;
}

function globalGuardsOf(application: ApplicationConfig): unknown[] {
  return [
    ...application.getGlobalGuards().map(classOf),
    ...application.getGlobalRequestGuards().map(({ metatype }) => metatype),
  ];
}

function* handlersOf(
  type: unknown,
  module: NestModule,
  globalGuards: readonly unknown[],
  reflector: Reflector,
): Generator<GuardedHandler> {
  if (typeof type !== 'function') return;
  const prototype: unknown = type.prototype;
  if (!isObject(prototype)) return;
  for (const name of new MetadataScanner().getAllMethodNames(prototype)) {
    const handler = prototype[name];
    if (typeof handler !== 'function') continue;
    yield {
      module,
      controller: type,
      prototype,
      name,
      handler,
      isEntryPoint: ENTRY_POINT_MARKS.some((mark) => Reflect.hasMetadata(mark, handler)),
      guards: [...globalGuards, ...guardsOf(type), ...guardsOf(handler)],
      requirement: mergeRequirements(requirementOf(reflector, type), requirementOf(reflector, handler)),
    };
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

function requirementOf(reflector: Reflector, target: object): CaptchaRequirement | undefined {
  return typeof target === 'function' ? reflector.get(CAPTCHA_REQUIREMENT, target) : undefined;
}
