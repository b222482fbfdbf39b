import { type ExecutionContext, type HttpException, Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import Negotiator from 'negotiator';

import { CAPTCHA_ERRORS } from '../error-texts.js';
import { CaptchaException, CaptchaMissingException, restatedException } from '../errors.js';
import { QuietLogger } from '../quiet-logger.js';
import { CAPTCHA_OPTIONS } from '../tokens.js';
import type { Awaitable, CaptchaLanguage, ResolvedCaptchaOptions } from '../types.js';
import { type ContextKind, headerOf } from './context-kind.js';
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
    if (exception instanceof CaptchaMissingException) this.#warnOfMultipart(context, kind);
    const localized =
      exception instanceof CaptchaException
        ? localizedException(exception, kind?.acceptLanguage(context), this.options)
        : exception;
    return kind === undefined ? localized : kind.present(localized, context, this.adapterHost);
  }

  /** The page did send an answer, if it is in a field of such a form, and its developer looks for a mistake there. */
  #warnOfMultipart(context: ExecutionContext, kind: ContextKind | undefined): void {
    const type = headerOf(kind?.request(context), 'content-type');
    if (type?.toLowerCase().startsWith('multipart/form-data') !== true) return;
    const { headerNames } = this.options;
    const headers =
      headerNames === false ? '' : `Send it in the headers ${headerNames.key} and ${headerNames.value}, or `;
    this.logger.warn(
      `CAPTCHA_MISSING: a multipart form for ${nameOfHandler(context)} has no captcha. Its fields are not parsed yet ` +
        `when guards run, so an answer in them is not found. ${headers}parse the form in a middleware and return the ` +
        'answer from @RequireCaptcha({ extract }).',
    );
  }

  #warnOfEvent(exception: HttpException, context: ExecutionContext): void {
    const reason = exception instanceof CaptchaException ? exception.code : exception.name;
    this.logger.warn(
      `${reason}: events for ${nameOfHandler(context)} are refused, and events have no ` +
        'reply that would tell their senders.',
    );
  }
}

function nameOfHandler(context: ExecutionContext): string {
  return `${context.getClass().name}.${context.getHandler().name}`;
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
