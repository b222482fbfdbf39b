import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

import type { CaptchaOutcome } from '../types.js';
import { foundOutcome } from './captcha-outcomes.js';

/**
 * A handler's parameter that tells why the request, the message or the GraphQL field got through: a
 * {@link CaptchaOutcome}. It is `{ status: 'skipped' }` where no guard ran, too, for nothing was verified then; and for
 * a WebSocket message that is neither an object nor acknowledged, with which nothing can be left.
 */
export const CaptchaResult: () => ParameterDecorator = createParamDecorator(
  (_: unknown, context: ExecutionContext): CaptchaOutcome => foundOutcome(context) ?? { status: 'skipped' },
);
