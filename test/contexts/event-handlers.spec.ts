import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Logger } from '@nestjs/common';
import {
  ClientProxyFactory,
  EventPattern,
  type MicroserviceOptions,
  Payload,
  Transport,
} from '@nestjs/microservices';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import { RequireCaptcha } from 'nestjs-naver-captcha';
import { firstValueFrom } from 'rxjs';

import { startApp } from '../support/app.ts';
import { KeptLogs } from '../support/logs.ts';
import { solve } from '../support/signup.ts';
import { captchas } from './support/door.ts';
import { portOf } from './support/tcp-door.ts';

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 17, dailyQuota: 1_000_000 });
});

afterAll(() => emulator.close());

describe('an event of a microservice that is refused', () => {
  it('writes one line a minute, and does not reach its handler', async () => {
    const logger = new KeptLogs();
    const handled: unknown[] = [];
    let onHandled: (() => void) | undefined;
    const ran = new Promise<void>((resolve) => (onHandled = resolve));
    @Controller()
    class SignupController {
      @EventPattern('signedUp')
      @RequireCaptcha()
      signedUp(@Payload() data: unknown): void {
        handled.push(data);
        onHandled?.();
      }
    }
    await using app = await startApp({
      logger,
      imports: [captchas(emulator)],
      controllers: [SignupController],
      configure: (nest) =>
        nest.connectMicroservice<MicroserviceOptions>({
          transport: Transport.TCP,
          options: { host: '127.0.0.1', port: 0 },
        }),
    });
    await app.app.startAllMicroservices();
    const options = { host: '127.0.0.1', port: portOf(app.app) };
    const client = ClientProxyFactory.create({ transport: Transport.TCP, options });
    Logger.overrideLogger(logger);
    try {
      for (let time = 0; time < 5; time += 1)
        await firstValueFrom(client.emit('signedUp', {}), { defaultValue: 0 });
      await firstValueFrom(client.emit('signedUp', await solve(app, emulator)), { defaultValue: 0 });
      await ran;
    } finally {
      await client.close();
    }

    expect(handled).toHaveLength(1);
    expect(logger.of('warn').concat(logger.of('error'))).toEqual([
      'warn CAPTCHA_MISSING: events for SignupController.signedUp are refused, and events have no reply that would tell ' +
        'their senders.',
    ]);
  });
});
