import { SetMetadata } from '@nestjs/common';

import { CAPTCHA_REQUIREMENT } from '../tokens.js';
import type { CaptchaRequirement } from './captcha-requirement.js';

/** Leaves this route, or class, of a protected class or application without a captcha. */
export function SkipCaptcha(): ClassDecorator & MethodDecorator {
  const requirement: CaptchaRequirement = { required: false };
  return SetMetadata(CAPTCHA_REQUIREMENT, requirement);
}
