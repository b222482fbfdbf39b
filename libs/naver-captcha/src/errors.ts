import { STATUS_CODES } from 'node:http';

import { HttpException } from '@nestjs/common';

import { CAPTCHA_ERRORS } from './error-texts.js';
import type { CaptchaErrorCode, CaptchaRejection, CaptchaToll } from './types.js';

/** What a call to NAVER ended with. Holds nothing that a request or a reply says, and never gets into a reply. */
export interface CaptchaUpstream {
  /** The HTTP status of NAVER's reply; absent if there was no reply. */
  readonly status?: number | undefined;
  /**
   * NAVER's own code (`024`, `CT500`, `400`), or without a reply the code of the failure: of the operating system or TLS
   * (`ECONNRESET`, `ENOTFOUND`, `CERT_HAS_EXPIRED`), of undici (`UND_ERR_SOCKET`), or `TIMEOUT`, `TIMEOUT_IN_QUEUE`,
   * `TOO_MANY_WAITING`, `REPLY_TOO_LARGE`, `CLOSED`, and `PROXY_407` for a proxy that replied 407.
   */
  readonly code?: string | undefined;
}

/** The options of a {@link CaptchaException}. */
export interface CaptchaExceptionInit {
  /**
   * The sentence for the visitor, in the reply.
   * @default the Korean sentence of the code
   */
  readonly text?: string | undefined;
  /**
   * The sentence for the developer, in `error.message`; a reply never contains it.
   * @default the same as `text`
   */
  readonly detail?: string | undefined;
  /**
   * The HTTP status of the reply.
   * @default the status of the code
   */
  readonly status?: number | undefined;
  /** Seconds after which the client may try again. */
  readonly retryAfterSeconds?: number | undefined;
  /** What the call to NAVER ended with, if a call was made and failed. */
  readonly upstream?: CaptchaUpstream | undefined;
  /** The error that caused this one. Never an AxiosError: a log of it would contain headers and URL. */
  readonly cause?: unknown;
}

/**
 * Thrown if a request is not let through. The reply's body is that of Nest's exceptions, with `code`. Not covered:
 * invalid options of the module (a plain `Error` at the start) and of a decorator (`RangeError`).
 */
export class CaptchaException extends HttpException {
  readonly code: CaptchaErrorCode;
  /** Seconds after which the client may try again; the guard sends them as `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;
  /** What the call to NAVER ended with; undefined if no call was made, or none failed. For logs and filters. */
  readonly upstream: CaptchaUpstream | undefined;

  constructor(code: CaptchaErrorCode, init: CaptchaExceptionInit = {}) {
    const status = init.status ?? CAPTCHA_ERRORS[code].status;
    const text = init.text ?? CAPTCHA_ERRORS[code].ko;
    const body: Record<string, unknown> = {
      statusCode: status,
      error: STATUS_CODES[status] ?? 'Error',
      message: text,
      code,
      // A page of another origin reads the header only if CORS exposes it.
      ...(init.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: init.retryAfterSeconds }),
    };
    super(body, status, { errorCode: code, ...(init.cause === undefined ? {} : { cause: init.cause }) });
    // Newer versions of Nest send `errorCode` in their replies, so ours contain it too.
    if (this.errorCode !== undefined) body['errorCode'] = this.errorCode;
    this.message = init.detail ?? text;
    this.code = code;
    this.retryAfterSeconds = init.retryAfterSeconds;
    this.upstream = init.upstream;
  }

  /** The `extensions` of a GraphQL error. */
  get extensions(): Readonly<Record<string, unknown>> {
    const { code, retryAfterSeconds } = this;
    return {
      code,
      statusCode: this.getStatus(),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    };
  }
}

/** The request has no key or no value. */
export class CaptchaMissingException extends CaptchaException {
  constructor(init?: CaptchaExceptionInit) {
    super('CAPTCHA_MISSING', init);
  }
}

/** Key or value is not a string, is too long, or has characters that no answer has. */
export class CaptchaMalformedException extends CaptchaException {
  constructor(init?: CaptchaExceptionInit) {
    super('CAPTCHA_MALFORMED', init);
  }
}

/** The answer was compared, and it is wrong. */
export class CaptchaWrongException extends CaptchaException {
  constructor(init?: CaptchaExceptionInit) {
    super('CAPTCHA_WRONG', init);
  }
}

/** The key has expired, in this application or at NAVER. */
export class CaptchaExpiredException extends CaptchaException {
  constructor(init?: CaptchaExceptionInit) {
    super('CAPTCHA_EXPIRED', init);
  }
}

/** The key is forged, was made for something else, or its picture was never fetched. */
export class CaptchaInvalidException extends CaptchaException {
  constructor(init?: CaptchaExceptionInit) {
    super('CAPTCHA_INVALID', init);
  }
}

/** The key has no attempts left, or has passed already. */
export class CaptchaUsedException extends CaptchaException {
  constructor(init?: CaptchaExceptionInit) {
    super('CAPTCHA_USED', init);
  }
}

/** The page has to pay a toll before it gets a challenge. */
export class CaptchaWorkRequiredException extends CaptchaException {
  /** What the page has to solve. Absent if an application throws the exception itself. */
  readonly toll: CaptchaToll | undefined;

  constructor(init: CaptchaExceptionInit & { readonly toll?: CaptchaToll | undefined } = {}) {
    super('CAPTCHA_WORK_REQUIRED', init);
    this.toll = init.toll;
  }
}

/** A page, or a caller of `createChallenge`, requests a challenge that cannot be made. `message` says what to correct. */
export class CaptchaBadRequestException extends CaptchaException {
  constructor(init?: CaptchaExceptionInit) {
    super('CAPTCHA_BAD_REQUEST', init);
  }
}

/** A page of another origin requests a challenge, and `routes.allowedOrigins` does not name that origin. */
export class CaptchaOriginException extends CaptchaException {
  constructor(init?: CaptchaExceptionInit) {
    super('CAPTCHA_ORIGIN', init);
  }
}

/** The client has requested too many challenges. */
export class CaptchaTooManyException extends CaptchaException {
  constructor(init?: CaptchaExceptionInit) {
    super('CAPTCHA_TOO_MANY', init);
  }
}

/**
 * What is unavailable: `naver`; `too-fast`, NAVER because of too many calls at once; `store`; or `standby`, which could
 * not make its picture or sound.
 */
export type CaptchaUnavailableOrigin = 'naver' | 'too-fast' | 'store' | 'standby';

/** NAVER or the store is unavailable, so the answer is neither right nor wrong. */
export class CaptchaUnavailableException extends CaptchaException {
  readonly origin: CaptchaUnavailableOrigin;

  constructor(init: CaptchaExceptionInit & { readonly origin?: CaptchaUnavailableOrigin } = {}) {
    super('CAPTCHA_UNAVAILABLE', { retryAfterSeconds: 5, ...init });
    this.origin = init.origin ?? 'naver';
  }
}

/** The day's quota of calls to NAVER is used up. */
export class CaptchaQuotaExceededException extends CaptchaException {
  constructor(init?: CaptchaExceptionInit) {
    super('CAPTCHA_QUOTA_EXCEEDED', init);
  }
}

/** NAVER refuses the credentials or the form of the call. `message` contains the remedy, for the developer. */
export class CaptchaMisconfiguredException extends CaptchaException {
  constructor(init?: CaptchaExceptionInit) {
    super('CAPTCHA_MISCONFIGURED', init);
  }
}

type CaptchaExceptionClass = new (
  init?: CaptchaExceptionInit & {
    readonly origin?: CaptchaUnavailableOrigin;
    readonly toll?: CaptchaToll | undefined;
  },
) => CaptchaException;

const EXCEPTIONS: Readonly<Record<CaptchaErrorCode, CaptchaExceptionClass>> = {
  CAPTCHA_MISSING: CaptchaMissingException,
  CAPTCHA_MALFORMED: CaptchaMalformedException,
  CAPTCHA_WRONG: CaptchaWrongException,
  CAPTCHA_EXPIRED: CaptchaExpiredException,
  CAPTCHA_INVALID: CaptchaInvalidException,
  CAPTCHA_USED: CaptchaUsedException,
  CAPTCHA_WORK_REQUIRED: CaptchaWorkRequiredException,
  CAPTCHA_BAD_REQUEST: CaptchaBadRequestException,
  CAPTCHA_ORIGIN: CaptchaOriginException,
  CAPTCHA_TOO_MANY: CaptchaTooManyException,
  CAPTCHA_UNAVAILABLE: CaptchaUnavailableException,
  CAPTCHA_QUOTA_EXCEEDED: CaptchaQuotaExceededException,
  CAPTCHA_MISCONFIGURED: CaptchaMisconfiguredException,
};

/** The code of each reason. */
const REJECTION_CODES: Readonly<Record<CaptchaRejection, CaptchaErrorCode>> = {
  wrong: 'CAPTCHA_WRONG',
  expired: 'CAPTCHA_EXPIRED',
  forged: 'CAPTCHA_INVALID',
  mismatch: 'CAPTCHA_INVALID',
  unshown: 'CAPTCHA_INVALID',
  used: 'CAPTCHA_USED',
  malformed: 'CAPTCHA_MALFORMED',
};

/** The exception for an answer that did not pass. */
export function rejectionException(reason: CaptchaRejection): CaptchaException {
  return withoutStack(
    () => new EXCEPTIONS[REJECTION_CODES[reason]]({ detail: `The captcha did not pass: ${reason}.` }),
  );
}

/** The exception for a request without an answer. */
export function missingException(): CaptchaException {
  return withoutStack(
    () => new CaptchaMissingException({ detail: 'The request has no captcha key or no captcha value.' }),
  );
}

/**
 * Runs a function whose errors get no stack. A refusal is the client's fault, so its stack has no use, and recording it
 * is most of the refusal's cost, which matters during an attack.
 */
export function withoutStack<T>(work: () => T): T {
  const { stackTraceLimit } = Error;
  // Reflect.set does not throw if intrinsics are frozen; errors then have a stack.
  Reflect.set(Error, 'stackTraceLimit', 0);
  try {
    return work();
  } finally {
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
  }
}

/** The part of a thrown value that is safe to log: its message could contain a secret or a visitor's data. */
export function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : typeof thrown;
}

/** The same exception with another text and status; the original is its cause. */
export function restatedException(
  exception: CaptchaException,
  { text, status }: Pick<CaptchaExceptionInit, 'text' | 'status'>,
): CaptchaException {
  const { code, retryAfterSeconds, upstream } = exception;
  const init = {
    text,
    status,
    cause: exception,
    upstream,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(exception instanceof CaptchaUnavailableException ? { origin: exception.origin } : {}),
    ...(exception instanceof CaptchaWorkRequiredException ? { toll: exception.toll } : {}),
  };
  // The cause has the stack.
  return withoutStack(() => new EXCEPTIONS[code](init));
}
