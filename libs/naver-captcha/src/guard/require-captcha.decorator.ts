import { applyDecorators, SetMetadata, UseGuards } from '@nestjs/common';

import { isAction } from '../keys/captcha-keys.js';
import { CAPTCHA_REQUIREMENT } from '../tokens.js';
import { CAPTCHA_KINDS } from '../types.js';
import { CaptchaGuard } from './captcha.guard.js';
import type { CaptchaRequirement, RequireCaptchaOptions } from './captcha-requirement.js';

/**
 * Requires a solved captcha before the controller runs; for a method or a whole class. Where both have it, the
 * method's fields beat the class's, and the captcha is verified once.
 * @throws RangeError where `action` or `kinds` can match no key, or `afterFailures` would ask nobody for a captcha
 */
export function RequireCaptcha(options: RequireCaptchaOptions = {}): ClassDecorator & MethodDecorator {
  const { action, kinds, afterFailures: { limit = 1, windowMs = 1 } = {} } = options;
  if (action !== undefined && !isAction(action)) {
    throw new RangeError('@RequireCaptcha: an action is 1 to 32 of a-z, 0-9, "_" and "-".');
  }
  if (kinds !== undefined && (kinds.length === 0 || !kinds.every((kind) => CAPTCHA_KINDS.includes(kind)))) {
    throw new RangeError(`@RequireCaptcha: kinds is a list of ${CAPTCHA_KINDS.join(', ')}.`);
  }
  if (![limit, windowMs].every((count) => Number.isInteger(count) && count >= 1)) {
    throw new RangeError('@RequireCaptcha: limit and windowMs of afterFailures are whole numbers from 1.');
  }
  const requirement: CaptchaRequirement = { ...options, required: true };
  return applyDecorators(SetMetadata(CAPTCHA_REQUIREMENT, requirement), UseGuards(CaptchaGuard));
}
