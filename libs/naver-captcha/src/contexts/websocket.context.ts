import { isObject } from '../unknown-values.js';
import { type AnsweringRequest, type ContextKind, headerOf } from './context-kind.js';
import { messageError } from './message-error.js';

/** Messages to a WebSocket gateway, of socket.io or ws. */
export const WEBSOCKET: ContextKind = {
  name: 'ws',
  request: (context) => ({ body: context.switchToWs().getData<unknown>() }),
  address: (context) => {
    const address = context.switchToWs().getClient<HandshakenClient | undefined>()?.handshake?.address;
    return typeof address === 'string' ? address : undefined;
  },
  hasInputObjects: false,
  // Only socket.io keeps the HTTP request that opened the socket.
  acceptLanguage: (context) =>
    headerOf(context.switchToWs().getClient<HandshakenClient | undefined>()?.handshake, 'accept-language'),
  // A message that is no object has only its acknowledgement to itself.
  carrier: (context) => {
    const data = context.switchToWs().getData<unknown>();
    return isObject(data) ? data : context.getArgs<unknown[]>().find((arg) => typeof arg === 'function');
  },
  present: async (exception) => {
    const { WsException } = await import('@nestjs/websockets');
    return new WsException(messageError(exception));
  },
};

interface HandshakenClient {
  readonly handshake?: AnsweringRequest & { readonly address?: unknown };
}
