import type { HttpException } from '@nestjs/common';

/** What clients of sockets and microservices get: the body of an HTTP reply, with the mark of Nest's own errors there. */
export function messageError(exception: HttpException): object {
  const body = exception.getResponse();
  return {
    ...(typeof body === 'string' ? { statusCode: exception.getStatus(), message: body } : body),
    status: 'error',
  };
}
