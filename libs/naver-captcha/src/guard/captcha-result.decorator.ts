import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

import { contextKindOf } from '../contexts/context-kind-of.js';
import type { CaptchaOutcome } from '../types.js';
import { attachedOutcome } from './captcha-outcomes.js';

/**
 * A handler's parameter with the reason why the request, the message or the GraphQL field was let through: a
 * {@link CaptchaOutcome}. It is `{ status: 'skipped' }` also if no guard ran, because nothing was verified then; and
 * for a WebSocket message that is neither an object nor acknowledged, which cannot carry an outcome.
 */
export const CaptchaResult: () => ParameterDecorator = createParamDecorator(
  (_: unknown, context: ExecutionContext): CaptchaOutcome =>
    attachedOutcome(context, contextKindOf(context)) ?? { status: 'skipped' },
);
