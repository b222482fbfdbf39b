import { once } from 'node:events';

import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { type CaptchaOutcome, CaptchaResult } from 'nestjs-naver-captcha';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';

import { startApp } from '../../support/app.ts';
import type { Ran } from '../../support/signup.ts';
import { captchas, type Door, PATIENCE_MS, OfClass, OfMethod, type Told, Validating } from './door.ts';

@WebSocketGateway({ maxHttpBufferSize: 2e6 })
@OfClass
class IoGateway {
  @SubscribeMessage('signUp')
  @OfMethod
  signUp(@MessageBody() body: unknown, @CaptchaResult() outcome: CaptchaOutcome): Ran {
    return { ran: true, outcome, body };
  }

  @SubscribeMessage('signUpValid')
  @Validating
  signUpValid(@MessageBody() body: unknown, @CaptchaResult() outcome: CaptchaOutcome): Ran {
    return { ran: true, outcome, body };
  }
}

interface RanEvent {
  readonly event: 'ran';
  readonly data: Ran;
}

@WebSocketGateway()
@OfClass
class WsGateway {
  @SubscribeMessage('signUp')
  @OfMethod
  signUp(@MessageBody() body: unknown, @CaptchaResult() outcome: CaptchaOutcome): RanEvent {
    return { event: 'ran', data: { ran: true, outcome, body } };
  }

  @SubscribeMessage('signUpValid')
  @Validating
  signUpValid(@MessageBody() body: unknown, @CaptchaResult() outcome: CaptchaOutcome): RanEvent {
    return { event: 'ran', data: { ran: true, outcome, body } };
  }
}

/** A socket.io client that is connected. */
export interface IoClient extends Disposable {
  /** Sends a message, and takes the acknowledgement or the exception that comes back. */
  send(payload: unknown, handler: string): Promise<Told>;
}

export async function connectIo(url: string, extraHeaders: Record<string, string> = {}): Promise<IoClient> {
  const client = io(url, { extraHeaders, reconnection: false });
  await new Promise<void>((resolve) => client.once('connect', resolve));
  return {
    send: (payload, handler) =>
      new Promise((resolve) => {
        client.once('exception', (error: unknown) => {
          resolve({ error });
        });
        client.timeout(PATIENCE_MS).emit(handler, payload, (late: unknown, ran: unknown) => {
          client.off('exception');
          resolve(late === null ? { ran } : { error: late });
        });
      }),
    [Symbol.dispose]: () => {
      client.disconnect();
    },
  };
}

export const SOCKET_IO: Door = {
  name: 'socket.io',
  tellsLanguage: true,
  sendsNull: true,
  async open(emulator, { options, acceptLanguage = '' } = {}) {
    const app = await startApp({ imports: [captchas(emulator, options)], providers: [IoGateway] });
    const client = await connectIo(app.url, { 'accept-language': acceptLanguage });
    return {
      app,
      send: (payload, handler = 'signUp') => client.send(payload, handler),
      async [Symbol.asyncDispose]() {
        client[Symbol.dispose]();
        await app[Symbol.asyncDispose]();
      },
    };
  },
};

export const WS: Door = {
  name: 'ws',
  tellsLanguage: false,
  sendsNull: true,
  async open(emulator, { options } = {}) {
    const app = await startApp({
      imports: [captchas(emulator, options)],
      providers: [WsGateway],
      configure: (nest) => nest.useWebSocketAdapter(new WsAdapter(nest)),
    });
    const client = new WebSocket(app.url.replace('http', 'ws'));
    await once(client, 'open');
    return {
      app,
      async send(payload, handler = 'signUp') {
        client.send(JSON.stringify({ event: handler, data: payload }));
        const [message] = (await once(client, 'message', {
          signal: AbortSignal.timeout(PATIENCE_MS),
        })) as [Buffer];
        const { event, data } = JSON.parse(message.toString()) as { event: string; data: unknown };
        return event === 'ran' ? { ran: data } : { error: data };
      },
      async [Symbol.asyncDispose]() {
        client.terminate();
        await app[Symbol.asyncDispose]();
      },
    };
  },
};
