import type { AddressInfo, Server } from 'node:net';

import { Controller, type ExecutionContext, type INestApplication } from '@nestjs/common';
import {
  ClientProxyFactory,
  MessagePattern,
  type MicroserviceOptions,
  Payload,
  Transport,
} from '@nestjs/microservices';
import {
  type CaptchaFailureKey,
  type CaptchaOutcome,
  CaptchaResult,
  RequireCaptcha,
} from 'nestjs-naver-captcha';
import { firstValueFrom, timeout } from 'rxjs';

import { startApp } from '../../support/app.ts';
import type { Ran } from '../../support/signup.ts';
import { captchas, type Door, PATIENCE_MS, OfClass, OfMethod, Validating } from './door.ts';

/** After one failed try of this person, `logIn` demands a captcha. */
export const RATE = { limit: 1, windowMs: 60_000 };
export function failuresOf(user: string): CaptchaFailureKey[] {
  return [{ key: `account:${user}`, clearOnSuccess: true }];
}

const by = (context: ExecutionContext): CaptchaFailureKey[] =>
  failuresOf(context.switchToRpc().getData<{ user: string }>().user);

@Controller()
@OfClass
class SignupController {
  @MessagePattern('signUp')
  @OfMethod
  signUp(@Payload() body: unknown, @CaptchaResult() outcome: CaptchaOutcome): Ran {
    return { ran: true, outcome, body };
  }

  @MessagePattern('signUpValid')
  @Validating
  signUpValid(@Payload() body: unknown, @CaptchaResult() outcome: CaptchaOutcome): Ran {
    return { ran: true, outcome, body };
  }

  @MessagePattern('logIn')
  @RequireCaptcha({ afterFailures: { ...RATE, by, knownDevice: true } })
  logIn(@Payload() body: unknown, @CaptchaResult() outcome: CaptchaOutcome): Ran {
    return { ran: true, outcome, body };
  }
}

/** Where the microservice of an application listens. */
export function portOf(app: INestApplication): number {
  const [service] = app.getMicroservices();
  const { port } = service?.unwrap<Server>().address() as AddressInfo;
  return port;
}

export const TCP: Door = {
  name: 'TCP',
  tellsLanguage: false,
  sendsNull: false,
  async open(emulator, { options } = {}) {
    const app = await startApp({
      imports: [captchas(emulator, options)],
      controllers: [SignupController],
      configure: (nest) =>
        nest.connectMicroservice<MicroserviceOptions>({
          transport: Transport.TCP,
          options: { host: '127.0.0.1', port: 0 },
        }),
    });
    await app.app.startAllMicroservices();
    const client = ClientProxyFactory.create({
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port: portOf(app.app) },
    });
    return {
      app,
      async send(payload, handler = 'signUp') {
        try {
          return {
            ran: await firstValueFrom(client.send<unknown>(handler, payload).pipe(timeout(PATIENCE_MS))),
          };
        } catch (error) {
          return { error };
        }
      },
      async [Symbol.asyncDispose]() {
        await client.close();
        await app[Symbol.asyncDispose]();
      },
    };
  },
};
