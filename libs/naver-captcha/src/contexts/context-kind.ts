import type { ExecutionContext, HttpException } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';

import type { Awaitable } from '../types.js';
import { isObject, ownValue } from '../unknown-values.js';

/** The parts of a request that may contain an answer; a client may have sent anything in them. */
export interface AnsweringRequest {
  readonly body?: unknown;
  readonly headers?: unknown;
  /** The client's address, as Express and Fastify know it. */
  readonly ip?: unknown;
}

/** The client's address; undefined if the request does not have it. */
export function addressOf(request: AnsweringRequest | null | undefined): string | undefined {
  return typeof request?.ip === 'string' ? request.ip : undefined;
}

/** The text of a header; undefined if the request does not have it. */
export function headerOf(request: AnsweringRequest | null | undefined, name: string): string | undefined {
  const headers = request?.headers;
  const value = isObject(headers) ? ownValue(headers, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Where a field stands in the result of one execution of a GraphQL operation. */
export interface GraphqlField {
  /** GraphQL's context of the request. */
  readonly owner: object;
  /** An object that the fields of this execution share, and those of no other. */
  readonly execution: object;
  /** Names, aliases in place of them, and positions in lists, from the root down. */
  readonly path: readonly string[];
}

/** One kind of Nest's `ExecutionContext`: where it holds what the guard needs, and what its clients get as a refusal. */
export interface ContextKind {
  readonly name: 'http' | 'graphql' | 'ws' | 'rpc';
  /**
   * What a client sent for this handler. The body is what the handler gets. The headers of a socket's handshake are not
   * included, because each message needs its own answer. Returns undefined if the context has another shape than this
   * kind expects; a client cannot cause that, whatever it sends.
   */
  readonly request: (context: ExecutionContext) => AnsweringRequest | undefined;
  /** The client's address; undefined if this kind of context, or its transport, has none. */
  readonly address: (context: ExecutionContext) => string | undefined;
  /** The field of a GraphQL result that is being resolved; other kinds of contexts have no fields. */
  readonly field?: (context: ExecutionContext) => GraphqlField | undefined;
  /** True if an answer may also be one level down in the body: in the `input` of a GraphQL mutation. */
  readonly hasInputObjects: boolean;
  /** The `Accept-Language` of the client; undefined if it sent none. */
  readonly acceptLanguage: (context: ExecutionContext) => string | undefined;
  /**
   * An object that both the guard and `@CaptchaResult()` reach, although Nest gives them different contexts. It belongs
   * to this message or field alone, not to a socket nor to a request that aliases share.
   */
  readonly carrier: (context: ExecutionContext) => object | undefined;
  /** What to throw so that the client gets this exception, whose text is in the visitor's language already. */
  readonly present: (
    exception: HttpException,
    context: ExecutionContext,
    adapterHost: HttpAdapterHost,
  ) => Awaitable<unknown>;
}
