import type { ExecutionContext } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';

import type { CaptchaException } from '../errors.js';
import type { ResolvedCaptchaOptions } from '../types.js';
import { type AnsweringRequest, headerOf } from './find-answer.js';
import { localizedException } from './localized-exception.js';

/** What an HTTP client is told: in its language, and when to come back. */
export function presentOverHttp(
  exception: CaptchaException,
  context: ExecutionContext,
  { httpAdapter }: HttpAdapterHost,
  options: ResolvedCaptchaOptions,
): CaptchaException {
  const http = context.switchToHttp();
  const { retryAfterSeconds } = exception;
  if (retryAfterSeconds !== undefined) {
    const response: unknown = http.getResponse();
    httpAdapter.setHeader(response, 'Retry-After', String(retryAfterSeconds));
  }
  const language = headerOf(http.getRequest<AnsweringRequest>(), 'accept-language');
  return localizedException(exception, language, options);
}
