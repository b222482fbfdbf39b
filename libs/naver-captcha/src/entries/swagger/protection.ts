import type { INestApplicationContext } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer, Reflector } from '@nestjs/core';

import { CaptchaGuard } from '../../guard/captcha.guard.js';
import { type GuardedHandler, guardedHandlers, isCaptchaGuard } from '../../module/guarded-handlers.js';
import { CAPTCHA_OPTIONS } from '../../tokens.js';
import type { CaptchaAnswerNames, ResolvedCaptchaOptions } from '../../types.js';

/** What a client has to know of a protected handler. */
export interface Protection {
  readonly handler: GuardedHandler;
  /** Whether each request needs an answer. */
  readonly required: boolean;
  readonly bodyFields: CaptchaAnswerNames | false;
  readonly headerNames: CaptchaAnswerNames | false;
  readonly options: ResolvedCaptchaOptions;
}

/** Every handler of the application that a captcha guard stands in front of. */
export function protections(app: INestApplicationContext): Protection[] {
  const application = app.get(ApplicationConfig);
  const found: Protection[] = [];
  for (const handler of guardedHandlers(app.get(ModulesContainer), application, app.get(Reflector))) {
    const { guards, requirement, module } = handler;
    const type = guards.find(isCaptchaGuard);
    if (type === undefined || requirement?.required === false) continue;
    const guard = [...application.getGlobalGuards(), module.injectables.get(type)?.instance].find(
      (each) => each instanceof CaptchaGuard,
    );
    const options = optionsOf(guard) ?? app.get<ResolvedCaptchaOptions>(CAPTCHA_OPTIONS);
    const { skipIf = false, afterFailures, extract } = requirement ?? {};
    // Where the application finds the answer itself, nobody else knows where it is.
    const elsewhere = extract !== undefined || overrides(type, 'findAnswer');
    found.push({
      handler,
      options,
      required: skipIf === false && afterFailures === undefined && !overrides(type, 'shouldSkip'),
      bodyFields: !elsewhere && options.bodyFields,
      headerNames: !elsewhere && options.headerNames,
    });
  }
  return found;
}

/** A guard made anew for each request has none yet. */
function optionsOf({ options }: Partial<Pick<CaptchaGuard, 'options'>> = {}):
  ResolvedCaptchaOptions | undefined {
  return options;
}

function overrides(type: typeof CaptchaGuard, method: string): boolean {
  return Reflect.get(type.prototype, method) !== Reflect.get(CaptchaGuard.prototype, method);
}
