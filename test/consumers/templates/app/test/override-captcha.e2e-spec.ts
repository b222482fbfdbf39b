import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { type CaptchaTesting, overrideCaptcha } from 'nestjs-naver-captcha/testing';

import { AppModule } from '../src/app.module.js';
import { post } from '../src/person.js';

describe('sign-up, with neither NAVER nor an emulator', () => {
  let app: INestApplication;
  let captcha: CaptchaTesting;
  let url: string;

  beforeAll(async () => {
    const builder = Test.createTestingModule({ imports: [AppModule] });
    captcha = overrideCaptcha(builder);
    const testing = await builder.compile();
    app = testing.createNestApplication();
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });

  beforeEach(() => {
    captcha.reset();
  });

  afterAll(() => app.close());

  it('lets the fixed answer through', async () => {
    const { status, body } = await post(`${url}/signup`, { name: 'Kim', ...captcha.answer });
    expect(status).toBe(201);
    expect(body).toMatchObject({ welcome: 'Kim', captcha: 'verified', fields: ['name'] });
  });

  it('lets whoever was given a challenge through', async () => {
    const { body } = await post(`${url}/captcha`, { action: 'signup' });
    const { key } = body as { key: string };
    const picture = await fetch(`${url}/captcha/media?${new URLSearchParams({ key }).toString()}`);
    await picture.arrayBuffer();

    const { status } = await post(`${url}/signup`, {
      name: 'Kim',
      captchaKey: key,
      captchaValue: captcha.value,
    });
    expect(status).toBe(201);
    expect(captcha.challenges).toEqual([{ kind: 'image', action: 'signup', binding: undefined }]);
  });

  it('fails on request, once', async () => {
    captcha.failNext('CAPTCHA_WRONG');
    const refused = await post(`${url}/signup`, { name: 'Kim', ...captcha.answer });
    expect(refused.status).toBe(400);
    expect(refused.body).toMatchObject({ code: 'CAPTCHA_WRONG' });

    const { status } = await post(`${url}/signup`, { name: 'Kim', ...captcha.answer });
    expect(status).toBe(201);
  });

  it('refuses another answer, and a form without one', async () => {
    const wrong = await post(`${url}/signup`, { name: 'Kim', ...captcha.answer, captchaValue: 'WRONG' });
    expect(wrong.status).toBe(400);
    expect(wrong.body).toMatchObject({ code: 'CAPTCHA_WRONG' });

    const missing = await post(`${url}/signup`, { name: 'Kim' });
    expect(missing.status).toBe(400);
    expect(missing.body).toMatchObject({ code: 'CAPTCHA_MISSING' });
  });

  it('tells what was asked', async () => {
    await post(`${url}/signup`, { name: 'Kim' });
    await post(`${url}/signup`, { name: 'Kim', ...captcha.answer });
    expect(captcha.verifications).toMatchObject([
      { answer: { key: captcha.key, value: captcha.value }, action: 'signup' },
    ]);
  });
});
