import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

import { Controller, Module } from '@nestjs/common';
import {
  ClientProxyFactory,
  MessagePattern,
  type MicroserviceOptions,
  Payload,
  Transport,
} from '@nestjs/microservices';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { NaverCaptchaModule, RequireCaptcha } from 'nestjs-naver-captcha';
import { lastValueFrom } from 'rxjs';
import { io } from 'socket.io-client';

import { start } from '../running-app.js';

export class SignupMessage {
  name!: string;
}

@WebSocketGateway()
class SignupGateway {
  @SubscribeMessage('signup')
  @RequireCaptcha({ action: 'signup' })
  signUp(@MessageBody() { name }: SignupMessage): string {
    return name;
  }
}

@Controller()
class SignupController {
  @MessagePattern('signup')
  @RequireCaptcha({ action: 'signup' })
  signUp(@Payload() { name }: SignupMessage): string {
    return name;
  }
}

@Module({
  imports: [NaverCaptchaModule.forRoot({ routes: true })],
  controllers: [SignupController],
  providers: [SignupGateway],
})
class MessagesModule {}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** `node messages.js express`: what a socket and a microservice replied without and with an answer, as JSON. */
async function main(adapter: string | undefined): Promise<void> {
  const running = await start(MessagesModule, adapter);
  const { app, person, url } = running;
  const tcp = { transport: Transport.TCP, options: { host: '127.0.0.1', port: await freePort() } } as const;
  app.connectMicroservice<MicroserviceOptions>(tcp);
  await app.startAllMicroservices();

  const socket = io(url);
  const emit = (message: object): Promise<unknown> =>
    new Promise((resolve) => {
      socket.once('exception', resolve);
      socket.emit('signup', message, resolve);
    });
  const client = ClientProxyFactory.create(tcp);
  const send = (message: object): Promise<unknown> =>
    lastValueFrom(client.send<unknown>('signup', message)).catch((error: unknown) => error);

  const replies = {
    socket: [await emit({ name: 'Kim' }), await emit({ name: 'Kim', ...(await person.read()) })],
    tcp: [await send({ name: 'Kim' }), await send({ name: 'Kim', ...(await person.read()) })],
  };
  socket.disconnect();
  await client.close();
  await running.close();
  process.stdout.write(JSON.stringify(replies));
}

void main(process.argv[2]);
