import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';

import { ADAPTERS, postJson } from '../support/app.ts';
import { KeptLogs } from '../support/logs.ts';
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
    expect(lines[0]).toMatch(/^warn CAPTCHA_BAD_REQUEST: /);
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
