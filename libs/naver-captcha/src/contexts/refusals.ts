import { type ExecutionContext, type HttpException, Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import Negotiator from 'negotiator';

import { CAPTCHA_ERRORS } from '../error-texts.js';
import { CaptchaException, restatedException } from '../errors.js';
import { CAPTCHA_OPTIONS } from '../tokens.js';
import type { Awaitable, CaptchaLanguage, ResolvedCaptchaOptions } from '../types.js';
import type { ContextKind } from './context-kind.js';

/** Turns an exception into what clients get: in their language, in the form of their kind of context. */
@Injectable()
export class Refusals {
  constructor(
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** @returns what to throw */
  present(
    exception: HttpException,
    context: ExecutionContext,
    kind: ContextKind | undefined,
  ): Awaitable<unknown> {
    const localized =
      exception instanceof CaptchaException
        ? localizedException(exception, kind?.acceptLanguage(context), this.options)
        : exception;
    return kind === undefined ? localized : kind.present(localized, context, this.adapterHost);
  }
}

/** The same exception with the sentence in the client's language, and with the texts and statuses of the options. */
export function localizedException(
  exception: CaptchaException,
  acceptLanguage: string | undefined,
  { messages, statuses }: ResolvedCaptchaOptions,
): CaptchaException {
  const { code } = exception;
  const language = languageOf(acceptLanguage);
  return restatedException(exception, {
    text: messages[code]?.[language] ?? CAPTCHA_ERRORS[code][language],
    status: statuses[code] ?? exception.getStatus(),
  });
}

/** Korean first: a client that names neither language gets Korean. */
const LANGUAGES: readonly CaptchaLanguage[] = ['ko', 'en'];

function languageOf(acceptLanguage: string | undefined): CaptchaLanguage {
  if (acceptLanguage === undefined) return 'ko';
  const negotiator = new Negotiator({ headers: { 'accept-language': acceptLanguage } });
  const [preferred] = negotiator.languages([...LANGUAGES]);
  return preferred === 'en' ? 'en' : 'ko';
}
