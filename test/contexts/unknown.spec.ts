import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ExecutionContext, Injectable } from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import { CaptchaMisconfiguredException, RequireCaptcha } from 'nestjs-naver-captcha';

import { type RunningApp, startApp } from '../support/app.ts';
import { KeptLogs } from '../support/logs.ts';
import { solve } from '../support/signup.ts';
import { captchas } from './support/door.ts';

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 16, dailyQuota: 1_000_000 });
});

afterAll(() => emulator.close());

@Injectable()
class Letters {
  @RequireCaptcha()
  read(): string {
    return 'read';
  }

  @RequireCaptcha({ extract: (context: ExecutionContext) => context.getArgByIndex<unknown>(0) })
  readExtracted(): string {
    return 'read';
  }
}

const start = (logger: KeptLogs): Promise<RunningApp> =>
  startApp({ imports: [captchas(emulator)], providers: [Letters], logger });

/** Calls a handler as libraries for queues, bots and the like do. */
function deliver({ app }: RunningApp, type: string, method: keyof Letters, ...args: unknown[]): unknown {
  const letters = app.get(Letters);
  const handler = app
    .get(ExternalContextCreator)
    .create(
      letters,
      Reflect.get(letters, method),
      method,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      type,
    ) as (...args: unknown[]) => unknown;
  return handler(...args);
}

describe('a context that is not known', () => {
  it.each([
    ['pigeon', [{ captchaKey: 'k', captchaValue: 'v' }]],
    ['http', [{ captchaKey: 'k', captchaValue: 'v' }]],
    ['http', []],
    ['graphql', [{ captchaKey: 'k' }, { req: { headers: {} } }, { fieldName: 'info' }]],
  ])('refuses, and the log says what to pass as extract: %s %j', async (type, args) => {
    const logger = new KeptLogs();
    await using app = await start(logger);

    await expect(deliver(app, type, 'read', ...args)).rejects.toBeInstanceOf(CaptchaMisconfiguredException);

    expect(logger.of('error')).toEqual([
      `error CAPTCHA_MISCONFIGURED: CaptchaGuard does not know where this "${type}" context has an answer ` +
        '(Letters.read). Pass @RequireCaptcha({ extract: (context) => ({ key, value }) }).',
    ]);
  });

  it('works with extract, and says in Korean what is wrong', async () => {
    const logger = new KeptLogs();
    await using app = await start(logger);
    const { captchaKey: key, captchaValue: value } = await solve(app, emulator);

    await expect(deliver(app, 'pigeon', 'readExtracted', { key, value })).resolves.toBe('read');
    await expect(deliver(app, 'pigeon', 'readExtracted', { key, value })).rejects.toMatchObject({
      code: 'CAPTCHA_USED',
      message: '이미 사용한 자동 입력 방지 문자입니다. 새 문자를 입력해 주세요.',
    });
    await expect(deliver(app, 'pigeon', 'readExtracted', 'nothing')).rejects.toMatchObject({
      code: 'CAPTCHA_MISSING',
    });
    expect(logger.of('error')).toEqual([]);
  });

  it('needs no response where it calls itself HTTP', async () => {
    await using app = await start(new KeptLogs());
    const { captchaKey: key, captchaValue: value } = await solve(app, emulator);
    emulator.failNext({ fault: 'system-error', call: 'compare' });

    await expect(deliver(app, 'http', 'readExtracted', { key, value })).rejects.toMatchObject({
      code: 'CAPTCHA_UNAVAILABLE',
    });
  });
});
