import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import { NaverCaptchaModule, type RequireCaptchaOptions } from 'nestjs-naver-captcha';

import { ADAPTERS, postJson, startApp } from '../support/app.ts';
import { KeptLogs } from '../support/logs.ts';
import { reaching, signupController } from '../support/signup.ts';
import { startRoutes } from './support/routes.ts';

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 21, dailyQuota: 1_000_000 });
});

afterAll(() => emulator.close());

describe.each(ADAPTERS)('a page that asks for what there is not on %s', (adapter) => {
  it.each([
    ['kind', { kind: 'video' }, /kind must be image or audio/],
    ['action', { action: 'Sign Up!' }, /action must be 1 to 32 characters/],
    ['media', { media: 'stream' }, /media must be 'inline'/],
  ])('is not told to press the 한/영 key, and the log says what to correct: %s', async (_, body, reason) => {
    const logger = new KeptLogs();
    await using app = await startRoutes(emulator, adapter, { logger });
    for (let time = 0; time < 3; time += 1) {
      const reply = await postJson(`${app.url}/captcha`, body, { 'accept-language': 'en' });
      expect(reply).toMatchObject({
        status: 400,
        body: { code: 'CAPTCHA_BAD_REQUEST', message: expect.stringMatching(/^This page does not request/) },
      });
    }

    const lines = logger.of('warn');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^warn CAPTCHA_BAD_REQUEST: POST \/captcha: /);
    expect(lines[0]).toMatch(reason);
  });

  it('is told so when it asks for media without a key', async () => {
    await using app = await startRoutes(emulator, adapter);

    const reply = await fetch(`${app.url}/captcha/media`);
    expect({ status: reply.status, body: (await reply.json()) as unknown }).toMatchObject({
      status: 400,
      body: { code: 'CAPTCHA_BAD_REQUEST' },
    });
  });
});

describe.each(ADAPTERS)('a request for a challenge that is answered, on %s', (adapter) => {
  it.each([
    [
      { kinds: ['audio'] },
      'the unknown field kinds is ignored; the body takes kind, action, media, work, toll.',
    ],
    [
      { action: 'signup', 'a\nb': 1 },
      'the unknown field with a name that cannot be shown is ignored; the body takes kind, action, media, work, toll.',
    ],
  ])('is reported once a minute for an unknown field: %j', async (body, sentence) => {
    const logger = new KeptLogs();
    await using app = await startRoutes(emulator, adapter, { logger });
    for (const more of [{}, { later: 1 }]) {
      const reply = await postJson(`${app.url}/captcha`, { ...body, ...more });
      expect(reply.status).toBe(201);
    }

    expect(logger.of('warn')).toEqual([`warn POST /captcha: ${sentence}`]);
  });

  it('is not reported for what the widget sends, nor for an empty body', async () => {
    const logger = new KeptLogs();
    await using app = await startRoutes(emulator, adapter, { logger });
    for (const body of [{}, { kind: 'image', action: 'signup', media: 'inline' }]) {
      expect((await postJson(`${app.url}/captcha`, body)).status).toBe(201);
    }
    expect((await fetch(`${app.url}/captcha`, { method: 'POST' })).status).toBe(201);

    expect(logger.of('warn')).toEqual([]);
  });
});

it('a body without the content type of JSON, which Express ignores and Fastify refuses, is reported', async () => {
  const logger = new KeptLogs();
  await using app = await startRoutes(emulator, 'express', { logger });
  for (const headers of [{}, { 'content-type': 'application/octet-stream' }]) {
    const body = JSON.stringify({ action: 'signup' });
    expect((await fetch(`${app.url}/captcha`, { method: 'POST', headers, body })).status).toBe(201);
  }

  expect(logger.of('warn')).toEqual([
    expect.stringMatching(/^warn POST \/captcha: the body was not parsed, so the key has no action\. Send /),
  ]);
});

describe.each(ADAPTERS)('a key that was made for something else on %s', (adapter) => {
  const made = 'the key of a request to SignupController.signUp was made for another action, kind or binding';
  const CASES: [string, RequireCaptchaOptions, string][] = [
    [
      'another action',
      { action: 'signup' },
      'Give <naver-captcha action="signup"> or POST /captcha the same action.',
    ],
    ['an action where none is named', {}, 'Give <naver-captcha> no action, and POST /captcha none either.'],
    [
      'another kind and binding',
      { action: 'sign-up', kinds: ['audio'], binding: () => 'session' },
      'Give <naver-captcha action="sign-up"> or POST /captcha the same action; request the kind audio; let ' +
        'routes.binding return the same text as binding of @RequireCaptcha().',
    ],
  ];

  it.each(CASES)('is refused, and the log says what to correct: %s', async (_, required, remedy) => {
    const logger = new KeptLogs();
    await using app = await startApp({
      adapter,
      imports: [NaverCaptchaModule.forRoot({ ...reaching(emulator), routes: true })],
      controllers: [signupController(required)],
      logger,
    });
    for (let time = 0; time < 3; time += 1) {
      const { body } = await postJson(`${app.url}/captcha`, { action: 'sign-up' });
      const captchaKey = (body as { key: string }).key;
      const reply = await postJson(`${app.url}/signup`, { captchaKey, captchaValue: '123456' });
      expect(reply).toMatchObject({ status: 400, body: { code: 'CAPTCHA_INVALID' } });
    }

    expect(logger.of('warn')).toEqual([
      `warn CAPTCHA_INVALID: ${made} than @RequireCaptcha() names, so the request was refused. ${remedy}`,
    ]);
  });

  it('is not reported if the key is forged', async () => {
    const logger = new KeptLogs();
    await using app = await startRoutes(emulator, adapter, { logger });
    const forged = { captchaKey: 'A'.repeat(91), captchaValue: '123456' };
    expect(await postJson(`${app.url}/signup`, forged)).toMatchObject({ body: { code: 'CAPTCHA_INVALID' } });

    expect(logger.of('warn')).toEqual([]);
  });
});
