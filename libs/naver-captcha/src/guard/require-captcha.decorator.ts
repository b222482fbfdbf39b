import { applyDecorators, SetMetadata, UseGuards } from '@nestjs/common';

import { isAction } from '../keys/captcha-keys.js';
import { CAPTCHA_REQUIREMENT } from '../tokens.js';
import { CAPTCHA_KINDS } from '../types.js';
import { CaptchaGuard } from './captcha.guard.js';
import type { CaptchaRequirement, RequireCaptchaOptions } from './captcha-requirement.js';

/**
 * Requires a solved captcha before the handler runs; for a method or a whole class. If both have it, the method's
 * fields override those of the class, and the captcha is verified once.
 * @throws RangeError if no key can match `action` or `kinds`, or `limit` or `windowMs` is not a whole number from 1
 */
export function RequireCaptcha(options: RequireCaptchaOptions = {}): ClassDecorator & MethodDecorator {
  const { action, kinds, afterFailures: { limit = 1, windowMs = 1 } = {} } = options;
  if (action !== undefined && !isAction(action)) {
    throw new RangeError('@RequireCaptcha: action must be 1 to 32 characters of a-z, 0-9, "_" and "-".');
  }
  if (kinds !== undefined && (kinds.length === 0 || !kinds.every((kind) => CAPTCHA_KINDS.includes(kind)))) {
    throw new RangeError(
      `@RequireCaptcha: kinds must be a list with at least one of ${CAPTCHA_KINDS.join(', ')}.`,
    );
  }
  if (kinds?.every((kind) => kind === 'work') === true) {
    throw new RangeError(
      "@RequireCaptcha: kinds with 'work' must contain 'image' or 'audio' too, for visitors whose household asks often.",
    );
  }
  if (![limit, windowMs].every((count) => Number.isInteger(count) && count >= 1)) {
    throw new RangeError(
      '@RequireCaptcha: limit and windowMs of afterFailures must be whole numbers from 1.',
    );
  }
  const requirement: CaptchaRequirement = { ...options, required: true };
  return applyDecorators(SetMetadata(CAPTCHA_REQUIREMENT, requirement), UseGuards(CaptchaGuard));
}
