import type { ExecutionContext } from '@nestjs/common';

import type { GuardedCall } from './captcha-requirement.js';

/** Names a handler as log lines do: `SignupController.signUp`. */
export function handlerName(context: ExecutionContext): string {
  return `${context.getClass().name}.${context.getHandler().name}`;
}

/** The log line for a key that was made for something else: the refusal that visitors get does not say so. */
export function mismatchWarning({ context, requirement: { action, kinds, binding } }: GuardedCall): string {
  const remedies = [
    action === undefined
      ? 'Give <naver-captcha> no action, and POST /captcha none either'
      : `Give <naver-captcha action="${action}"> or POST /captcha the same action`,
    ...(kinds === undefined ? [] : [`request the kind ${kinds.join(' or ')}`]),
    binding === undefined ? [] : 'let routes.binding return the same text as binding of @RequireCaptcha()',
  ].flat();
  return (
    `CAPTCHA_INVALID: the key of a request to ${handlerName(context)} was made for another action, kind or binding than ` +
    `@RequireCaptcha() names, so the request was refused. ${remedies.join('; ')}.`
  );
}
