import type { ExecutionContext, HttpException } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';

import { CaptchaException } from '../errors.js';
import type { Awaitable, ResolvedCaptchaOptions } from '../types.js';
import { localizedException } from './localized-exception.js';
import { transportOf } from './context-kind-of.js';

/** What to throw so that a client is told of a refusal in its language, and in the form of its transport. */
export function presentException(
  exception: HttpException,
  context: ExecutionContext,
  adapterHost: HttpAdapterHost,
  options: ResolvedCaptchaOptions,
): Awaitable<unknown> {
  const transport = transportOf(context);
  const told =
    exception instanceof CaptchaException
      ? localizedException(exception, transport?.acceptLanguage(context), options)
      : exception;
  return transport === undefined ? told : transport.present(told, context, adapterHost);
}
