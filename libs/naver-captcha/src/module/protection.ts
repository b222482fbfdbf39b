import type { ApplicationConfig, ModulesContainer, Reflector } from '@nestjs/core';

import { isCaptchaGuard } from '../guard/captcha.guard.js';
import type { CaptchaRequirement } from '../guard/captcha-requirement.js';
import { CAPTCHA_REQUIREMENT, CAPTCHA_ROUTES } from '../tokens.js';
import { isObject } from '../unknown-values.js';
import { guardedHandlers, type GuardedHandler, isField, providedHandlers } from './guarded-handlers.js';
import { lostProtection } from './lost-protection.js';
import { sourceOf } from './requirement-source.js';

/** What protects the entry points of an application, and where protection is lost without a word. */
export interface ProtectionReport {
  /** A line for each entry point of the application. */
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
  /** What the entry points with a decorator of ours require. */
  readonly requirements: readonly CaptchaRequirement[];
}

export function reportProtection(
  modules: ModulesContainer,
  application: ApplicationConfig,
  reflector: Reflector,
): ProtectionReport {
  const handlers = [
    ...guardedHandlers(modules, application, reflector),
    ...providedHandlers(modules, reflector),
  ];
  const guardsFields = areFieldsGuarded(modules);
  const entryPoints = handlers.filter(
    ({ isEntryPoint, handler, controller }) =>
      isEntryPoint && (guardsFields || !isField(handler)) && !Reflect.hasMetadata(CAPTCHA_ROUTES, controller),
  );
  // A class that several modules provide is reported once.
  return {
    lines: unique(entryPoints.map(lineOf)),
    warnings: unique(handlers.flatMap((handler) => lostProtection(handler, guardsFields) ?? [])),
    requirements: entryPoints.flatMap(({ requirement }) =>
      requirement?.required === true ? requirement : [],
    ),
  };
}

/** GraphQL runs guards in front of the fields of a result only if its options say so. */
function areFieldsGuarded(modules: ModulesContainer): boolean {
  for (const { providers } of modules.values()) {
    const options: unknown = providers.get('GqlModuleOptions')?.instance;
    const enhancers = isObject(options) ? options['fieldResolverEnhancers'] : undefined;
    if (Array.isArray(enhancers) && enhancers.includes('guards')) return true;
  }
  return false;
}

function lineOf(entryPoint: GuardedHandler): string {
  const { controller, name, handler, guards, requirement } = entryPoint;
  const guard = guards.find(isCaptchaGuard);
  const place = `${controller.name}.${name}`;
  if (guard === undefined) return `${place}: open, no captcha guard`;
  if (Reflect.hasMetadata(CAPTCHA_REQUIREMENT, handler))
    return `${place}: ${summaryOf(requirement)} on the method`;
  const source = sourceOf(controller);
  if (source === undefined) return `${place}: captcha required by ${guard.name}`;
  return `${place}: ${summaryOf(requirement)} on ${source.type.name}${source.isInherited ? ', inherited' : ''}`;
}

function summaryOf(requirement: CaptchaRequirement | undefined): string {
  if (requirement?.required !== true) return 'open by @SkipCaptcha()';
  const { action, afterFailures, skipIf } = requirement;
  const details = [
    action === undefined ? [] : [`action ${action}`],
    afterFailures === undefined ? [] : ['after failures'],
    skipIf === undefined || skipIf === false ? [] : ['unless skipIf'],
  ].flat();
  return `captcha required${details.map((detail) => `, ${detail}`).join('')}, by @RequireCaptcha()`;
}

function unique(lines: readonly string[]): string[] {
  return [...new Set(lines)];
}
