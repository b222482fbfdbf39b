import type { ExecutionContext, HttpException } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';

import type { Awaitable } from '../types.js';
import type { AnsweringRequest } from './answering-request.js';

/** One kind of `ExecutionContext`: where it holds what the guard needs, and what its clients are told. */
export interface Transport {
  /**
   * What a client sent for this handler. The body is what the handler gets; the headers of a socket's handshake are
   * not among it, for each message needs its own answer. Nothing where the context has another shape than is known
   * here, and a client has no say in that, whatever it sends.
   */
  readonly request: (context: ExecutionContext) => AnsweringRequest | undefined;
  /** Whether an answer may be one level down in the body, too: in the `input` of a GraphQL mutation. */
  readonly hasInputObjects: boolean;
  /** The languages the person reads; nothing where the client does not tell. */
  readonly acceptLanguage: (context: ExecutionContext) => string | undefined;
  /**
   * An object that the guard and `@CaptchaResult()` both see, though Nest gives them different contexts. It belongs to
   * this message or this field alone: no socket, and no request that aliases share.
   */
  readonly carrier: (context: ExecutionContext) => object | undefined;
  /** What to throw so that the client gets this exception, which is in the person's language already. */
  readonly present: (
    exception: HttpException,
    context: ExecutionContext,
    adapterHost: HttpAdapterHost,
  ) => Awaitable<unknown>;
}
