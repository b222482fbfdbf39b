import { type ExecutionContext, type HttpException, Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import Negotiator from 'negotiator';

import { CAPTCHA_ERRORS } from '../error-texts.js';
import { CaptchaException, restatedException } from '../errors.js';
import { QuietLogger } from '../quiet-logger.js';
import { CAPTCHA_OPTIONS } from '../tokens.js';
import type { Awaitable, CaptchaLanguage, ResolvedCaptchaOptions } from '../types.js';
import type { ContextKind } from './context-kind.js';
import { isEvent } from './rpc.context.js';

/** Turns an exception into what clients get: in their language, in the form of their kind of context. */
@Injectable()
export class Refusals {
  constructor(
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
    @Inject(QuietLogger) private readonly logger: QuietLogger,
  ) {}

  /** @returns what to throw */
  present(
    exception: HttpException,
    context: ExecutionContext,
    kind: ContextKind | undefined,
  ): Awaitable<unknown> {
    if (isEvent(context)) this.#warnOfEvent(exception, context);
    const localized =
      exception instanceof CaptchaException
        ? localizedException(exception, kind?.acceptLanguage(context), this.options)
        : exception;
    return kind === undefined ? localized : kind.present(localized, context, this.adapterHost);
  }

  #warnOfEvent(exception: HttpException, context: ExecutionContext): void {
    const reason = exception instanceof CaptchaException ? exception.code : exception.name;
    this.logger.warn(
      `${reason}: events for ${context.getClass().name}.${context.getHandler().name} are refused, and events have no ` +
        'reply that would tell their senders.',
    );
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

/** Browsers send fewer characters; parsing a long list costs milliseconds. */
const MAX_HEADER_LENGTH = 256;

function languageOf(acceptLanguage: string | undefined): CaptchaLanguage {
  if (acceptLanguage === undefined || acceptLanguage.length > MAX_HEADER_LENGTH) return 'ko';
  const negotiator = new Negotiator({ headers: { 'accept-language': acceptLanguage } });
  const [preferred] = negotiator.languages([...LANGUAGES]);
  return preferred === 'en' ? 'en' : 'ko';
}
