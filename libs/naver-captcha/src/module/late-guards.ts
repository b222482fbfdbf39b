import type { ApplicationConfig, ModulesContainer, Reflector } from '@nestjs/core';

import { isCaptchaGuard } from '../guard/captcha.guard.js';
import { guardedHandlers } from './guarded-handlers.js';

/**
 * Returns a warning for each route with `afterFailures` whose captcha guard runs after another guard: if that guard
 * refuses a wrong password, the request ends before the failure is counted.
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
    'is not counted, so it never leads to a captcha. Put @RequireCaptcha() below @UseGuards(), next to the method, ' +
    'so that its guard runs first.'
  );
}
