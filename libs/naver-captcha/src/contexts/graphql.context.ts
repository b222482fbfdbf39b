import type { ExecutionContext } from '@nestjs/common';

import { CaptchaException } from '../errors.js';
import { type AnsweringRequest, headerOf } from './answering-request.js';
import { isObject } from '../unknown-values.js';
import type { Transport } from './context-kind.js';

/** What GraphQL hands to a resolver, in this order. */
const ARGS = 1;
const CONTEXT = 2;
const INFO = 3;

/** GraphQL, whatever the driver. All aliases, and all queries of a batch, share the headers of one HTTP request. */
export const GRAPHQL: Transport = {
  request: (context) => {
    const args = context.getArgByIndex<unknown>(ARGS);
    // The reference resolver of a federation gets no arguments, and so has its context in their place, and no info.
    if (!isObject(args) || !isObject(context.getArgByIndex(INFO))) return undefined;
    return { body: args, headers: httpRequestOf(context)?.headers };
  },
  hasInputObjects: true,
  acceptLanguage: (context) => headerOf(httpRequestOf(context), 'accept-language'),
  // Made anew for each field; the objects in a variable are not, and aliases share them.
  carrier: (context) => {
    const info = context.getArgByIndex<unknown>(INFO);
    return isObject(info) ? info : undefined;
  },
  present: (exception) => {
    const body = exception.getResponse();
    // With a statusCode in there Apollo's driver writes BAD_REQUEST over the exception's own code.
    if (exception instanceof CaptchaException && isObject(body)) delete body['statusCode'];
    return exception;
  },
};

interface GraphqlContext {
  readonly req?: AnsweringRequest | null;
  readonly reply?: { readonly request?: AnsweringRequest | null } | null;
}

/** Nest's drivers have it as `req`; Mercurius itself keeps it with the reply. */
function httpRequestOf(context: ExecutionContext): AnsweringRequest | null | undefined {
  const graphql = context.getArgByIndex<GraphqlContext | null | undefined>(CONTEXT);
  return graphql?.req ?? graphql?.reply?.request;
}
