import type { ExecutionContext } from '@nestjs/common';

import { CaptchaException } from '../errors.js';
import { isObject } from '../unknown-values.js';
import { addressOf, type AnsweringRequest, type ContextKind, headerOf } from './context-kind.js';

/** HTTP, and server-sent events, whose guards run before the stream begins. */
export const HTTP: ContextKind = {
  name: 'http',
  // Other libraries also run their handlers as 'http' if they name no type; their requests have no headers.
  request: (context) => {
    const request = requestOf(context);
    return isObject(request?.headers) ? request : undefined;
  },
  address: (context) => addressOf(requestOf(context)),
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
