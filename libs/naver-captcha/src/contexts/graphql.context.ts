import type { ExecutionContext } from '@nestjs/common';

import { CaptchaException } from '../errors.js';
import { isObject } from '../unknown-values.js';
import { type AnsweringRequest, type ContextKind, headerOf } from './context-kind.js';

/** The positions of a resolver's arguments. */
const ARGS = 1;
const CONTEXT = 2;
const INFO = 3;

/** GraphQL with any driver. All aliases, and all queries of a batch, share the headers of one HTTP request. */
export const GRAPHQL: ContextKind = {
  name: 'graphql',
  request: (context) => {
    const args = context.getArgByIndex<unknown>(ARGS);
    // The reference resolver of a federation has no arguments: its context is in their place, and it has no info.
    if (!isObject(args) || !isObject(context.getArgByIndex(INFO))) return undefined;
    return { body: args, headers: httpRequestOf(context)?.headers };
  },
  hasInputObjects: true,
  acceptLanguage: (context) => headerOf(httpRequestOf(context), 'accept-language'),
  // The info is made anew for each field; the objects in a variable are not, and aliases share them.
  carrier: (context) => {
    const info = context.getArgByIndex<unknown>(INFO);
    return isObject(info) ? info : undefined;
  },
  present: (exception) => {
    const body = exception.getResponse();
    // If the body has a statusCode, Apollo's driver replaces the exception's own code by BAD_REQUEST.
    if (exception instanceof CaptchaException && isObject(body)) delete body['statusCode'];
    return exception;
  },
};

interface GraphqlContext {
  readonly req?: AnsweringRequest | null;
  readonly reply?: { readonly request?: AnsweringRequest | null } | null;
}

/** Nest's drivers pass the HTTP request as `req`; Mercurius itself keeps it with the reply. */
function httpRequestOf(context: ExecutionContext): AnsweringRequest | null | undefined {
  const graphql = context.getArgByIndex<GraphqlContext | null | undefined>(CONTEXT);
  return graphql?.req ?? graphql?.reply?.request;
}
