import 'reflect-metadata';

import { type ApplicationConfig, MetadataScanner, type ModulesContainer, type Reflector } from '@nestjs/core';

import { CAPTCHA_REQUIREMENT } from '../tokens.js';
import { CaptchaGuard } from './captcha.guard.js';
import { type CaptchaRequirement, mergeRequirements } from './captcha-requirement.js';

/** Where `@UseGuards()` writes; a constant of Nest's that its index does not export. */
const GUARDS = '__guards__';

/**
 * One sentence for each route with `afterFailures` whose captcha guard runs too late: a guard before it that refuses
 * a wrong password ends the request before the failure is counted.
 */
export function lateCaptchaGuards(
  modules: ModulesContainer,
  application: ApplicationConfig,
  reflector: Reflector,
): string[] {
  const scanner = new MetadataScanner();
  // Instances: their classes are what a person knows them by.
  const globalGuards = application.getGlobalGuards().map((guard) => guard.constructor);
  const sentences: string[] = [];
  for (const { controllers } of modules.values()) {
    for (const { metatype } of controllers.values()) {
      if (typeof metatype !== 'function') continue;
      const prototype: unknown = metatype.prototype;
      if (typeof prototype !== 'object' || prototype === null) continue;
      for (const name of scanner.getAllMethodNames(prototype)) {
        const handler: unknown = Reflect.get(prototype, name);
        if (typeof handler !== 'function') continue;
        const requirement = mergeRequirements(
          requirementOf(reflector, metatype),
          requirementOf(reflector, handler),
        );
        if (requirement?.afterFailures === undefined) continue;
        const early = before([...globalGuards, ...guardsOf(metatype), ...guardsOf(handler)]);
        if (early.length > 0) sentences.push(sentence(`${metatype.name}.${name}`, early));
      }
    }
  }
  return sentences;
}

function requirementOf(reflector: Reflector, target: object): CaptchaRequirement | undefined {
  return typeof target === 'function' ? reflector.get(CAPTCHA_REQUIREMENT, target) : undefined;
}

function guardsOf(target: object): unknown[] {
  const guards: unknown = Reflect.getMetadata(GUARDS, target);
  return Array.isArray(guards) ? guards : [];
}

function before(guards: readonly unknown[]): unknown[] {
  const ours = guards.findIndex(
    (guard) =>
      guard === CaptchaGuard || (typeof guard === 'function' && guard.prototype instanceof CaptchaGuard),
  );
  return ours === -1 ? [] : guards.slice(0, ours);
}

function sentence(route: string, early: readonly unknown[]): string {
  const names = early.map((guard) => (typeof guard === 'function' ? guard.name : 'a guard'));
  return (
    `${route} counts failures, but ${names.join(', ')} runs before the captcha guard: a wrong password refused there ` +
    'would not be counted and would need no captcha. Put @RequireCaptcha() below @UseGuards(), next to the method, ' +
    'where it runs first.'
  );
}
