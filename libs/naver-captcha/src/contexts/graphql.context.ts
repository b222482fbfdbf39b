import type { ExecutionContext } from '@nestjs/common';

import { CaptchaException } from '../errors.js';
import { isObject } from '../unknown-values.js';
import {
  addressOf,
  type AnsweringRequest,
  type ContextKind,
  type GraphqlField,
  headerOf,
} from './context-kind.js';

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
  address: (context) => addressOf(httpRequestOf(context)),
  field: (context) => fieldOf(context.getArgByIndex(CONTEXT), context.getArgByIndex(INFO)),
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

function fieldOf(owner: unknown, info: unknown): GraphqlField | undefined {
  if (!isObject(owner) || !isObject(info)) return undefined;
  const { operation, variableValues } = info;
  if (!isObject(operation)) return undefined;
  // Values of variables are made anew for each execution. A subscription is one execution at its beginning and one for
  // each of its events, which have the node of the operation in common.
  const execution = operation['operation'] === 'subscription' ? operation : variableValues;
  return isObject(execution) ? { owner, execution, path: pathOf(info['path']) } : undefined;
}

/** GraphQL links a path from its end to its root. */
function pathOf(end: unknown): string[] {
  const path: string[] = [];
  for (let step = end; isObject(step); step = step['prev']) path.unshift(String(step['key']));
  return path;
}

interface GraphqlContext {
  readonly req?: AnsweringRequest | null;
  readonly reply?: { readonly request?: AnsweringRequest | null } | null;
}

/** Nest's drivers pass the HTTP request as `req`; Mercurius itself keeps it with the reply. */
function httpRequestOf(context: ExecutionContext): AnsweringRequest | null | undefined {
  const graphql = context.getArgByIndex<GraphqlContext | null | undefined>(CONTEXT);
  return graphql?.req ?? graphql?.reply?.request;
}
