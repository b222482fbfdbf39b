import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import { CaptchaException, NaverCaptchaService } from 'nestjs-naver-captcha';

import { AppModule } from '../src/app.module.js';
import { Person } from '../src/person.js';

describe('sign-up', () => {
  let emulator: NaverCaptchaEmulator;
  let app: INestApplication;
  let person: Person;

  beforeAll(async () => {
    emulator = await startNaverCaptchaEmulator();
    process.env['NAVER_CAPTCHA_BASE_URL'] = emulator.url;
    process.env['NAVER_CAPTCHA_CLIENT_ID'] = emulator.clientId;
    process.env['NAVER_CAPTCHA_CLIENT_SECRET'] = emulator.clientSecret;
    const testing = await Test.createTestingModule({ imports: [AppModule] }).compile();
    app = testing.createNestApplication();
    await app.listen(0, '127.0.0.1');
    person = new Person(await app.getUrl(), emulator);
  });

  afterAll(async () => {
    await app.close();
    await emulator.close();
  });

  it('lets whoever read the picture through', async () => {
    const { status, body } = await person.signUp({ name: 'Kim', ...(await person.read()) });
    expect(status).toBe(201);
    expect(body).toMatchObject({ welcome: 'Kim', captcha: 'verified' });
  });

  it('refuses a wrong answer', async () => {
    const { status, body } = await person.signUp({
      name: 'Kim',
      ...(await person.read()),
      captchaValue: 'WRONG',
    });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'CAPTCHA_WRONG' });
  });

  it('refuses a form without an answer', async () => {
    const { status, body } = await person.signUp({ name: 'Kim' });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'CAPTCHA_MISSING' });
  });

  it('has the errors as classes', async () => {
    const verification = app.get(NaverCaptchaService).verifyOrThrow({ key: 'nonsense', value: 'A' });
    await expect(verification).rejects.toBeInstanceOf(CaptchaException);
  });
});
