import 'reflect-metadata';

import { type ExecutionContext, HttpException } from '@nestjs/common';

import { isObject } from '../unknown-values.js';
import type { ContextKind } from './context-kind.js';
import { messageError } from './message-error.js';

/** Messages and events of microservices. */
export const RPC: ContextKind = {
  name: 'rpc',
  request: (context) => ({ body: context.switchToRpc().getData<unknown>() }),
  address: () => undefined,
  hasInputObjects: false,
  acceptLanguage: () => undefined,
  carrier: (context) => {
    const rpc = context.switchToRpc();
    return [rpc.getData<unknown>(), rpc.getContext<unknown>()].find(isObject);
  },
  present: async (exception, context) => {
    if (isEvent(context) && LOGS_NO_HTTP_EXCEPTION) return exception;
    const { RpcException } = await import('@nestjs/microservices');
    return new RpcException(messageError(exception));
  },
};

/**
 * Nest 12 logs each RpcException of an event with its stack, but no exception of HTTP. Nest 10, in which HttpException
 * has no base class of Nest's, does the opposite.
 */
const LOGS_NO_HTTP_EXCEPTION = Object.getPrototypeOf(HttpException) !== Error;

// What @nestjs/microservices stores for @EventPattern(); the package is loaded on first use only.
const HANDLER_TYPE = 'microservices:handler_type';
const EVENT = 2;

/** Returns true for a handler of events, which have no reply. */
export function isEvent(context: ExecutionContext): boolean {
  return context.getType() === 'rpc' && Reflect.getMetadata(HANDLER_TYPE, context.getHandler()) === EVENT;
}
