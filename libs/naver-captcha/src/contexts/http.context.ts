import type { ExecutionContext } from '@nestjs/common';

import { CaptchaException } from '../errors.js';
import { type AnsweringRequest, headerOf } from './answering-request.js';
import { isObject } from '../unknown-values.js';
import type { Transport } from './context-kind.js';

/** HTTP, and so server-sent events: their guard runs before the stream. */
export const HTTP: Transport = {
  // Other libraries run their handlers as 'http', too, when they name no type: what they hand over has no headers.
  request: (context) => {
    const request = requestOf(context);
    return isObject(request?.headers) ? request : undefined;
  },
  hasInputObjects: false,
  acceptLanguage: (context) => headerOf(requestOf(context), 'accept-language'),
  carrier: (context) => {
    const request = requestOf(context);
    return isObject(request) ? request : undefined;
  },
  present: (exception, context, { httpAdapter }) => {
    if (exception instanceof CaptchaException && exception.retryAfterSeconds !== undefined) {
      const response: unknown = context.switchToHttp().getResponse();
      if (isObject(response)) {
        httpAdapter.setHeader(response, 'Retry-After', String(exception.retryAfterSeconds));
      }
    }
    return exception;
  },
};

function requestOf(context: ExecutionContext): AnsweringRequest | undefined {
  return context.switchToHttp().getRequest<AnsweringRequest | undefined>();
}
