import type { INestApplicationContext } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer, Reflector } from '@nestjs/core';

import { captchaGuardOf, type GuardedHandler, guardedHandlers } from '../../module/guarded-handlers.js';
import { CAPTCHA_OPTIONS } from '../../tokens.js';
import type { CaptchaAnswerNames, ResolvedCaptchaOptions } from '../../types.js';

/** What a document shows of a protected handler. */
export interface Protection {
  readonly handler: GuardedHandler;
  /** Whether every request needs an answer. */
  readonly required: boolean;
  readonly bodyFields: CaptchaAnswerNames | false;
  readonly headerNames: CaptchaAnswerNames | false;
  readonly options: ResolvedCaptchaOptions;
}

/** Every handler of the application that has a captcha guard. */
export function protections(app: INestApplicationContext): Protection[] {
  const application = app.get(ApplicationConfig);
  const found: Protection[] = [];
  for (const handler of guardedHandlers(app.get(ModulesContainer), application, app.get(Reflector))) {
    const { requirement } = handler;
    const guard = captchaGuardOf(handler, application);
    if (guard === undefined || requirement?.required === false) continue;
    const options = guard.options ?? app.get<ResolvedCaptchaOptions>(CAPTCHA_OPTIONS);
    const { skipIf = false, afterFailures, extract } = requirement ?? {};
    // The application's own code finds the answer, so its place is not known here.
    const isFoundElsewhere = extract !== undefined || guard.overridesFindAnswer;
    found.push({
      handler,
      options,
      required: skipIf === false && afterFailures === undefined && !guard.overridesShouldSkip,
      bodyFields: !isFoundElsewhere && options.bodyFields,
      headerNames: !isFoundElsewhere && options.headerNames,
    });
  }
  return found;
}
