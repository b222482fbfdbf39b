import { SetMetadata } from '@nestjs/common';

import { CAPTCHA_REQUIREMENT } from '../tokens.js';
import type { CaptchaRequirement } from './captcha-requirement.js';

/** Requires no captcha for this route, or this class, in a protected class or application. */
export function SkipCaptcha(): ClassDecorator & MethodDecorator {
  const requirement: CaptchaRequirement = { required: false };
  return SetMetadata(CAPTCHA_REQUIREMENT, requirement);
}
