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
  present: async (exception) => {
    const { RpcException } = await import('@nestjs/microservices');
    return new RpcException(messageError(exception));
  },
};
