import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { Controller, Module, Post, type Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import {
  CAPTCHA_EVENTS,
  type CaptchaEvent,
  CaptchaGuard,
  NaverCaptchaClient,
  NaverCaptchaModule,
  type NaverCaptchaModuleOptions,
  NaverCaptchaService,
  RequireCaptcha,
  type RequireCaptchaOptions,
} from 'nestjs-naver-captcha';
import { type CaptchaTestFailure, type CaptchaTesting, overrideCaptcha } from 'nestjs-naver-captcha/testing';
import type { Observable } from 'rxjs';

import { ADAPTERS, type AppSetup, postJson, type RunningApp, startApp } from '../support/app.ts';
import { withEnvironment } from '../support/environment.ts';
import { signupController, signUp } from '../support/signup.ts';

interface TestedApp extends RunningApp {
  readonly captcha: CaptchaTesting;
}

/** An application as its own tests start it: nothing of the captcha is in the environment. */
function startTested(
  metadata: AppSetup,
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<TestedApp> {
  return withEnvironment(environment, async () => {
    let captcha: CaptchaTesting | undefined;
    const running = await startApp({
      ...metadata,
      override: (builder) => {
        captcha = overrideCaptcha(builder);
        return builder;
      },
    });
    if (captcha === undefined) throw new Error('Nothing was overridden.');
    return { ...running, captcha };
  });
}

function startSignup(
  requirement: RequireCaptchaOptions = {},
  options: NaverCaptchaModuleOptions = {},
  setup: AppSetup = {},
): Promise<TestedApp> {
  return startTested({
    imports: [NaverCaptchaModule.forRoot({ ...options, routes: true })],
    controllers: [signupController(requirement)],
    ...setup,
  });
}

const codeOf = async (app: RunningApp, body: unknown): Promise<unknown> => {
  const { body: reply } = await signUp(app, body);
  return typeof reply === 'object' && reply !== null && 'code' in reply ? reply.code : reply;
};

describe('overrideCaptcha() for an application on NAVER Cloud', () => {
  it('needs no dailyQuota, which only the production environment has', async () => {
    for (const variables of [{}, { NAVER_CAPTCHA_DAILY_QUOTA: ' ' }]) {
      const imports = [NaverCaptchaModule.forRoot({ platform: 'ncloud' })];
      await using app = await startTested({ imports, controllers: [signupController()] }, variables);
      expect((await signUp(app, { name: 'Kim', ...app.captcha.answer })).status).toBe(200);
    }
  });
});

describe.each(ADAPTERS)('overrideCaptcha() on %s', (adapter) => {
  it('lets the fixed answer through, for any action and binding, as often as it is sent', async () => {
    const requirement: RequireCaptchaOptions = {
      action: 'signup',
      binding: () => 'session-1',
      kinds: ['audio'],
    };
    await using app = await startSignup(requirement, {}, { adapter });
    const body = { name: 'Kim', ...app.captcha.answer };

    for (let time = 1; time <= 3; time += 1) {
      const { status, body: ran } = await signUp(app, body);
      expect({ status, ran }).toEqual({
        status: 200,
        ran: {
          ran: true,
          outcome: {
            status: 'verified',
            kind: 'audio',
            engine: 'naver',
            pressure: 'calm',
            price: 0,
            responseTimeSeconds: 5,
          },
          body: { name: 'Kim' },
        },
      });
    }
    const asked = {
      answer: { key: app.captcha.key, value: app.captcha.value },
      action: 'signup',
      binding: 'session-1',
      kinds: ['audio'],
    };
    expect(app.captcha.verifications).toEqual([asked, asked, asked]);
  });

  it('takes it from the headers, too', async () => {
    await using app = await startSignup({}, { bodyFields: false }, { adapter });

    expect(app.captcha.answer).toEqual({});
    expect((await signUp(app, {}, app.captcha.headers)).status).toBe(200);
  });

  it('refuses everything else as it would be refused', async () => {
    await using app = await startSignup({}, {}, { adapter });
    const { captchaKey, captchaValue } = app.captcha.answer;

    expect(await codeOf(app, {})).toBe('CAPTCHA_MISSING');
    expect(await codeOf(app, { captchaKey })).toBe('CAPTCHA_MISSING');
    expect(await codeOf(app, { captchaKey, captchaValue: '가나다' })).toBe('CAPTCHA_MALFORMED');
    expect(await codeOf(app, { captchaKey: [captchaKey], captchaValue })).toBe('CAPTCHA_MALFORMED');
    expect(await codeOf(app, { captchaKey, captchaValue: 'OTHER' })).toBe('CAPTCHA_WRONG');
    expect(await codeOf(app, { captchaKey: 'A'.repeat(91), captchaValue })).toBe('CAPTCHA_INVALID');
    expect(await codeOf(app, { captchaKey: `${captchaKey}:`, captchaValue })).toBe('CAPTCHA_INVALID');
    expect(await codeOf(app, { captchaKey, captchaValue })).toMatchObject({ ran: true });
    // Without an answer nothing is verified.
    expect(app.captcha.verifications).toHaveLength(5);
  });

  it.each<[CaptchaTestFailure, number]>([
    ['CAPTCHA_MALFORMED', 400],
    ['CAPTCHA_WRONG', 400],
    ['CAPTCHA_EXPIRED', 400],
    ['CAPTCHA_INVALID', 400],
    ['CAPTCHA_USED', 400],
    ['CAPTCHA_UNAVAILABLE', 503],
    ['CAPTCHA_QUOTA_EXCEEDED', 503],
    ['CAPTCHA_MISCONFIGURED', 500],
  ])('fails with %s once for each call of failNext()', async (code, status) => {
    await using app = await startSignup({}, { maxAttempts: 3 }, { adapter });

    for (let time = 1; time <= 6; time += 1) {
      app.captcha.failNext(code);
      const refused = await signUp(app, app.captcha.answer, { 'accept-language': 'en' });
      expect(refused).toMatchObject({ status, body: { statusCode: status, code } });
      expect(refused.headers.has('retry-after')).toBe(status === 503);
    }
    expect((await signUp(app, app.captcha.answer)).status).toBe(200);
  });

  it('passes a challenge that the application made by its own rules', async () => {
    await using app = await startSignup({ action: 'signup' }, {}, { adapter });
    const made = await postJson(`${app.url}/captcha`, { action: 'signup', kind: 'audio' });
    const { key } = made.body as { key: string };
    const media = await fetch(`${app.url}/captcha/media?${new URLSearchParams({ key }).toString()}`);
    expect([media.status, media.headers.get('content-type')]).toEqual([200, 'audio/wav']);

    const body = { captchaKey: key, captchaValue: app.captcha.value };
    expect(await codeOf(app, body)).toMatchObject({ ran: true });
    expect(await codeOf(app, body)).toBe('CAPTCHA_USED');

    const other = await postJson(`${app.url}/captcha`, { action: 'other' });
    const { key: otherKey } = other.body as { key: string };
    expect(await codeOf(app, { ...body, captchaKey: otherKey })).toBe('CAPTCHA_INVALID');
    expect(app.captcha.challenges).toEqual([
      { kind: 'audio', action: 'signup' },
      { kind: 'image', action: 'other' },
    ]);
  });

  it('works with a global guard, and with settings from a factory', async () => {
    @Controller('signup')
    class PlainController {
      @Post()
      signUp(): void {
        // A request that gets here is let through.
      }
    }
    await using app = await startTested({
      adapter,
      imports: [
        NaverCaptchaModule.forRootAsync({
          useFactory: () => ({ bodyFields: { key: 'k', value: 'v' }, statuses: { CAPTCHA_MISSING: 422 } }),
        }),
      ],
      controllers: [PlainController],
      providers: [{ provide: APP_GUARD, useClass: CaptchaGuard }],
    });

    expect((await signUp(app, {})).status).toBe(422);
    expect(app.captcha.answer).toEqual({ k: app.captcha.key, v: app.captcha.value });
    expect((await signUp(app, app.captcha.answer)).status).toBe(201);
  });
});

describe('overrideCaptcha()', () => {
  it('works with modules that are not global, each with its own settings', async () => {
    const part = (path: string, options: NaverCaptchaModuleOptions): Type => {
      @Controller(path)
      class PartController {
        @Post()
        @RequireCaptcha()
        post(): void {
          // A request that gets here is let through.
        }
      }
      @Module({
        imports: [NaverCaptchaModule.forRoot({ ...options, isGlobal: false })],
        controllers: [PartController],
      })
      class PartModule {}
      return PartModule;
    };
    await using app = await startTested({
      imports: [
        part('one', { clientId: 'one', clientSecret: 'secret-of-one' }),
        part('two', { bodyFields: { key: 'k' } }),
      ],
    });
    const { key, value } = app.captcha;

    expect((await postJson(`${app.url}/one`, { captchaKey: key, captchaValue: value })).status).toBe(201);
    expect((await postJson(`${app.url}/two`, { captchaKey: key, captchaValue: value })).status).toBe(400);
    expect((await postJson(`${app.url}/two`, { k: key, captchaValue: value })).status).toBe(201);
  });

  it('asks onUnavailable, and lets through what it allows', async () => {
    await using app = await startSignup({ onUnavailable: 'allow' });
    app.captcha.failNext('CAPTCHA_UNAVAILABLE');

    expect(await codeOf(app, app.captcha.answer)).toMatchObject({
      outcome: { status: 'allowed', code: 'CAPTCHA_UNAVAILABLE' },
    });
    app.captcha.failNext('CAPTCHA_QUOTA_EXCEEDED');
    expect(await codeOf(app, app.captcha.answer)).toBe('CAPTCHA_QUOTA_EXCEEDED');
  });

  it('works for the service, which emits its events as usual', async () => {
    await using app = await startSignup();
    const { captcha } = app;
    const events: CaptchaEvent[] = [];
    app.get<Observable<CaptchaEvent>>(CAPTCHA_EVENTS).subscribe((event) => events.push(event));
    const service = app.get(NaverCaptchaService);

    const { key } = await service.createChallenge({ binding: 'session-1' });
    const { contentType, body } = await service.fetchMedia(key);
    expect([contentType, body.subarray(0, 3).toString('hex')]).toEqual(['image/jpeg', 'ffd8ff']);
    expect(await service.verify({ key, value: captcha.value })).toEqual({
      passed: false,
      reason: 'mismatch',
    });
    expect(await service.verify({ key, value: captcha.value }, { binding: 'session-1' })).toMatchObject({
      passed: true,
    });
    expect(await service.verify({ key: captcha.key, value: captcha.value })).toMatchObject({ passed: true });
    captcha.failNext('CAPTCHA_USED');
    expect(await service.verify({ key: captcha.key, value: captcha.value })).toEqual({
      passed: false,
      reason: 'used',
    });

    expect(captcha.verifications.map(({ binding }) => binding)).toEqual([
      undefined,
      'session-1',
      undefined,
      undefined,
    ]);
    expect(events).toMatchObject([
      { type: 'challenge.issued', kind: 'image' },
      { type: 'verdict', reason: 'mismatch' },
      { type: 'verdict', passed: true },
      { type: 'verdict', passed: true },
      { type: 'verdict', reason: 'used' },
    ]);
    expect(await app.get(NaverCaptchaClient).issueKey('image')).toMatch(/^[A-Za-z0-9]{16}$/);
  });

  it('takes the fixed answer whatever the application’s answers look like', async () => {
    await using app = await startSignup({}, { answerPattern: { image: /^[가-힣]{2}$/u } });

    expect(await codeOf(app, app.captcha.answer)).toMatchObject({ ran: true });
    expect(await codeOf(app, { ...app.captcha.answer, captchaValue: 'AB12' })).toBe('CAPTCHA_MALFORMED');
    expect(await codeOf(app, { ...app.captcha.answer, captchaValue: '가나' })).toBe('CAPTCHA_WRONG');
  });

  it('keeps the rules of raw keys', async () => {
    const start = (requirement: RequireCaptchaOptions): Promise<TestedApp> =>
      startTested({
        imports: [NaverCaptchaModule.forRoot({ keys: 'raw' })],
        controllers: [signupController(requirement)],
      });
    await using app = await start({});
    expect(await codeOf(app, app.captcha.answer)).toMatchObject({ ran: true });

    await using mistaken = await start({ action: 'signup' });
    expect(await codeOf(mistaken, mistaken.captcha.answer)).toBe('CAPTCHA_MISCONFIGURED');
  });

  it('forgets on reset() what it was asked, failures still to come, and what was counted', async () => {
    await using app = await startSignup({}, { issueLimit: { limit: 1 } });
    const challenge = (): Promise<{ status: number }> => postJson(`${app.url}/captcha`, {});
    expect([(await challenge()).status, (await challenge()).status]).toEqual([201, 429]);
    await signUp(app, app.captcha.answer);
    app.captcha.failNext('CAPTCHA_WRONG');
    const before = app.captcha.verifications;

    app.captcha.reset();

    expect([app.captcha.verifications, app.captcha.challenges]).toEqual([[], []]);
    expect(before).toHaveLength(1);
    expect((await challenge()).status).toBe(201);
    expect((await signUp(app, app.captcha.answer)).status).toBe(200);
  });

  it.each(['CAPTCHA_MISSING', 'CAPTCHA_TOO_MANY', 'CAPTCHA_NONSENSE', '__proto__', undefined])(
    'says that no verification ends with %s',
    (code) => {
      const captcha = overrideCaptcha(Test.createTestingModule({}));

      expect(() => {
        captcha.failNext(code as CaptchaTestFailure);
      }).toThrow(RangeError);
    },
  );

  it('still stops the boot at a setting that is none', async () => {
    await expect(startSignup({}, { keyTtlMs: 1 })).rejects.toThrow(/keyTtlMs/);
    await expect(
      startTested({ imports: [NaverCaptchaModule.forRoot()] }, { NAVER_CAPTCHA_PLATFORM: 'nowhere' }),
    ).rejects.toThrow(/platform/);
  });

  it('says that it comes too late, or that there is nothing to override', async () => {
    const builder = Test.createTestingModule({
      imports: [NaverCaptchaModule.forRoot({ clientId: 'id', clientSecret: 'secret' })],
    });
    const module = await builder.compile();
    const captcha = overrideCaptcha(builder);

    expect(() => captcha.answer).toThrow(/before builder\.compile\(\)/);
    expect(() => captcha.headers).toThrow(/before builder\.compile\(\)/);
    await module.close();
  });
});

describe('the entry', () => {
  it('loads no testing package, and the main entry does not load it', async () => {
    const cjs = fileURLToPath(new URL('../../libs/naver-captcha/dist/cjs', import.meta.url));
    const script = `
      const cjs = ${JSON.stringify(cjs)};
      const loaded = (part) => Object.keys(require.cache).some((path) => path.replaceAll('\\\\', '/').includes(part));
      require(cjs + '/index.js');
      const early = loaded('/dist/cjs/entries/testing/');
      require(cjs + '/entries/testing/index.js');
      const late = [loaded('/dist/cjs/entries/testing/'), loaded('/@nestjs/testing/')];
      require('@nestjs/testing');
      process.stdout.write(JSON.stringify({ early, late, control: loaded('/@nestjs/testing/') }));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script]);

    expect(JSON.parse(stdout)).toEqual({ early: false, late: [true, false], control: true });
  });
});
