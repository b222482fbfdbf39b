import { isObject } from '../unknown-values.js';
import { messageError } from './message-error.js';
import type { Transport } from './context-kind.js';

/** Messages and events of microservices. */
export const RPC: Transport = {
  request: (context) => ({ body: context.switchToRpc().getData<unknown>() }),
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
