import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';

import { type Adapter, ADAPTERS } from '../support/app.ts';
import { KeptLogs } from '../support/logs.ts';
import { signUp, solve, startSignup } from '../support/signup.ts';

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 20, dailyQuota: 1_000_000 });
});

afterAll(() => emulator.close());

/** Lets a multipart form through unparsed, as an application does whose handler parses it. */
function takingMultipart(adapter: Adapter): AbstractHttpAdapter {
  if (adapter === 'express') return new ExpressAdapter();
  const fastify = new FastifyAdapter();
  fastify.getInstance().addContentTypeParser('multipart/form-data', (_, payload, done) => {
    payload.resume().on('end', () => {
      done(null);
    });
  });
  return fastify;
}

describe.each(ADAPTERS)('a multipart form with the answer in its fields on %s', (adapter) => {
  it('is explained in the log, once a minute and without what it holds', async () => {
    const logger = new KeptLogs();
    await using app = await startSignup(emulator, { adapter, logger, httpAdapter: takingMultipart(adapter) });
    const { captchaKey, captchaValue } = await solve(app, emulator);
    for (let time = 0; time < 3; time += 1) {
      const body = new FormData();
      body.set('captchaKey', captchaKey);
      body.set('captchaValue', captchaValue);
      const reply = await fetch(`${app.url}/signup`, { method: 'POST', body });
      expect(reply.status).toBe(400);
      expect(await reply.json()).toMatchObject({ code: 'CAPTCHA_MISSING' });
    }

    expect(logger.of('warn')).toEqual([
      expect.stringMatching(
        /^warn CAPTCHA_MISSING: a multipart form for SignupController\.signUp .*x-captcha-key and x-captcha-value, or .*extract/,
      ),
    ]);
    expect(logger.lines.join('\n')).not.toContain(captchaKey);
  });

  it('is let through with the answer in its headers', async () => {
    await using app = await startSignup(emulator, { adapter, httpAdapter: takingMultipart(adapter) });
    const { captchaKey, captchaValue } = await solve(app, emulator);
    const headers = { 'x-captcha-key': captchaKey, 'x-captcha-value': captchaValue };
    const body = new FormData();
    body.set('name', 'kim');

    expect((await fetch(`${app.url}/signup`, { method: 'POST', body, headers })).status).toBe(200);
  });

  it('is the only kind of body that is explained', async () => {
    const logger = new KeptLogs();
    await using app = await startSignup(emulator, { adapter, logger });
    await signUp(app, { name: 'kim' });

    expect(logger.of('warn')).toEqual([]);
  });
});
