import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import { CaptchaMissingException, NaverCaptchaService } from 'nestjs-naver-captcha';

import { ADAPTERS } from '../support/app.ts';
import { signUp, solve, startSignup } from '../support/signup.ts';

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 3, dailyQuota: 100_000 });
});

afterAll(() => emulator.close());

const KOREAN = /입력해 주세요/;
const ENGLISH = /^Please enter/;

describe.each(ADAPTERS)('the language of a reply on %s', (adapter) => {
  it.each([
    ['no header', undefined, KOREAN],
    ['Korean', 'ko-KR,ko;q=0.9,en-US;q=0.8', KOREAN],
    ['English', 'en-US,en;q=0.9', ENGLISH],
    ['English before Korean', 'en,ko;q=0.5', ENGLISH],
    ['Korean before English by weight', 'en;q=0.5,ko', KOREAN],
    ['neither', 'ja,fr', KOREAN],
    ['anything', '*', KOREAN],
    ['English refused', 'en;q=0,ja', KOREAN],
    ['rubbish', ';;;q=,,=,', KOREAN],
    ['a flood', 'x,'.repeat(2000), KOREAN],
  ])('follows Accept-Language: %s', async (_, header, expected) => {
    await using app = await startSignup(emulator, { adapter });

    // fetch() would name a language of its own accord.
    const reply = await signUp(app, {}, { 'accept-language': header ?? '' });

    expect(reply.body).toMatchObject({ message: expect.stringMatching(expected) });
  });
});

describe.each(ADAPTERS)('the form of a reply on %s', (adapter) => {
  it('is Nest’s own shape plus the code', async () => {
    await using app = await startSignup(emulator, { adapter });

    const reply = await signUp(app, {});

    expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(JSON.stringify(reply.body)).toBe(
      JSON.stringify({
        statusCode: 400,
        error: 'Bad Request',
        message: '자동 입력 방지 문자를 입력해 주세요.',
        code: 'CAPTCHA_MISSING',
        errorCode: 'CAPTCHA_MISSING',
      }),
    );
  });

  it('takes other statuses and sentences, one by one', async () => {
    await using app = await startSignup(emulator, {
      adapter,
      options: {
        statuses: { CAPTCHA_MISSING: 422 },
        messages: { CAPTCHA_MISSING: { ko: '캡차!' }, CAPTCHA_WRONG: { ko: '틀렸어요' } },
      },
    });
    const { captchaKey } = await solve(app, emulator);

    expect(await signUp(app, {})).toMatchObject({
      status: 422,
      body: { statusCode: 422, error: 'Unprocessable Entity', message: '캡차!', code: 'CAPTCHA_MISSING' },
    });
    expect((await signUp(app, {}, { 'accept-language': 'en' })).body).toMatchObject({
      message: expect.stringMatching(ENGLISH),
    });
    expect(await signUp(app, { captchaKey, captchaValue: 'WRONG' })).toMatchObject({
      status: 400,
      body: { message: '틀렸어요' },
    });
  });

  it('can be made by a filter that catches one class', async () => {
    @Catch(CaptchaMissingException)
    class Filter implements ExceptionFilter<CaptchaMissingException> {
      constructor(private readonly host: HttpAdapterHost) {}

      catch(exception: CaptchaMissingException, host: ArgumentsHost): void {
        const response: unknown = host.switchToHttp().getResponse();
        this.host.httpAdapter.reply(response, { mine: exception.code, message: exception.message }, 418);
      }
    }
    await using app = await startSignup(emulator, {
      adapter,
      providers: [{ provide: APP_FILTER, useClass: Filter }],
    });

    expect(await signUp(app, {})).toMatchObject({
      status: 418,
      body: { mine: 'CAPTCHA_MISSING', message: '자동 입력 방지 문자를 입력해 주세요.' },
    });
  });

  it('holds no developer’s detail where a handler throws what the service threw', async () => {
    await using app = await startSignup(emulator, { adapter });
    emulator.failNext({ fault: 'unauthorized', call: 'issue' });

    const reply = await fetch(`${app.url}/captcha`);

    expect(reply.status).toBe(500);
    expect(await reply.json()).toEqual({
      statusCode: 500,
      error: 'Internal Server Error',
      message: '자동 입력 방지 문자에 문제가 있습니다. 사이트 관리자에게 알려 주세요.',
      code: 'CAPTCHA_MISCONFIGURED',
      errorCode: 'CAPTCHA_MISCONFIGURED',
    });
  });
});

describe('the service', () => {
  it('throws one class a code, with a message for the developer', async () => {
    await using app = await startSignup(emulator);
    emulator.failNext({ fault: 'not-ticked', call: 'issue' });

    await expect(app.get(NaverCaptchaService).createChallenge()).rejects.toMatchObject({
      code: 'CAPTCHA_MISCONFIGURED',
      message: expect.stringMatching(/not ticked.*developers\.naver\.com/),
    });
  });
});
