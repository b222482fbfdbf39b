import { type AnsweringRequest, headerOf } from './answering-request.js';
import { isObject } from '../unknown-values.js';
import { messageError } from './message-error.js';
import type { Transport } from './context-kind.js';

/** Messages to a WebSocket gateway, of socket.io or ws. */
export const WEBSOCKET: Transport = {
  request: (context) => ({ body: context.switchToWs().getData<unknown>() }),
  hasInputObjects: false,
  // Only socket.io keeps the request it began with.
  acceptLanguage: (context) =>
    headerOf(context.switchToWs().getClient<HandshakenClient | undefined>()?.handshake, 'accept-language'),
  // Beside a message that is no object, nothing belongs to it alone but its acknowledgement.
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
  readonly handshake?: AnsweringRequest;
}
