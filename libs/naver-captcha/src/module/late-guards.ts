import type { ApplicationConfig, ModulesContainer, Reflector } from '@nestjs/core';

import { guardedHandlers, isCaptchaGuard } from './guarded-handlers.js';

/**
 * One sentence for each route with `afterFailures` whose captcha guard runs too late: a guard before it that refuses
 * a wrong password ends the request before the failure is counted.
 */
export function lateCaptchaGuards(
  modules: ModulesContainer,
  application: ApplicationConfig,
  reflector: Reflector,
): string[] {
  const sentences: string[] = [];
  for (const { controller, name, guards, requirement } of guardedHandlers(modules, application, reflector)) {
    if (requirement?.afterFailures === undefined) continue;
    const early = guards.slice(0, Math.max(0, guards.findIndex(isCaptchaGuard)));
    if (early.length > 0) sentences.push(sentence(`${controller.name}.${name}`, early));
  }
  return sentences;
}

function sentence(route: string, early: readonly unknown[]): string {
  const names = early.map((guard) => (typeof guard === 'function' ? guard.name : 'a guard'));
  return (
    `${route} counts failures, but ${names.join(', ')} runs before the captcha guard: a wrong password refused there ` +
    'would not be counted and would need no captcha. Put @RequireCaptcha() below @UseGuards(), next to the method, ' +
    'where it runs first.'
  );
}
