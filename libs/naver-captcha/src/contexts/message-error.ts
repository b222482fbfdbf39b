import type { HttpException } from '@nestjs/common';

import { CaptchaException } from '../errors.js';

/** What clients of sockets and microservices get: the body of an HTTP reply, with the mark of Nest's own errors there. */
export function messageError(exception: HttpException): object {
  const body = exception.getResponse();
  const retryAfterSeconds = exception instanceof CaptchaException ? exception.retryAfterSeconds : undefined;
  return {
    ...(typeof body === 'string' ? { statusCode: exception.getStatus(), message: body } : body),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    status: 'error',
  };
}
