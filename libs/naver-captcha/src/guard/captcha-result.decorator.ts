import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

import type { CaptchaOutcome } from '../types.js';
import { foundOutcome } from './captcha-outcomes.js';

/**
 * A handler's parameter that tells why the request got through: a {@link CaptchaOutcome}. It is
 * `{ status: 'skipped' }` where no guard ran, too: nothing was verified then.
 */
export const CaptchaResult: () => ParameterDecorator = createParamDecorator(
  (_: unknown, context: ExecutionContext): CaptchaOutcome => foundOutcome(context) ?? { status: 'skipped' },
);
