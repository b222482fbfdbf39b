import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ExecutionContext, type PipeTransform, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { MessageBody, SubscribeMessage, WebSocketGateway, WsException } from '@nestjs/websockets';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import { CaptchaGuard, type CaptchaOutcome, CaptchaResult, RequireCaptcha } from 'nestjs-naver-captcha';

import { startApp } from '../support/app.ts';
import { comparisons, solve } from '../support/signup.ts';
import { captchas } from './support/door.ts';
import { codeOf } from './support/doors.ts';
import { connectIo, SOCKET_IO, WS } from './support/socket-doors.ts';

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 13, dailyQuota: 1_000_000 });
});

afterAll(() => emulator.close());

describe.each([SOCKET_IO, WS])('a gateway of $name', ({ open }) => {
  it('asks for an answer with each message of a socket', async () => {
    await using door = await open(emulator);
    const first = await solve(door.app, emulator);
    expect(await door.send({ ...first, name: 'kim' })).toMatchObject({ ran: { body: { name: 'kim' } } });

    expect(codeOf((await door.send({ name: 'lee' })).error)).toBe('CAPTCHA_MISSING');
    expect(codeOf((await door.send({ ...first, name: 'lee' })).error)).toBe('CAPTCHA_USED');
    const second = await solve(door.app, emulator);
    expect(await door.send({ ...second, name: 'lee' })).toMatchObject({ ran: { body: { name: 'lee' } } });
  });

  it('sends what an HTTP client would read, as the event for exceptions', async () => {
    await using door = await open(emulator);

    expect((await door.send({})).error).toEqual({
      status: 'error',
      statusCode: 400,
      error: 'Bad Request',
      message: '자동 입력 방지 문자를 입력해 주세요.',
      code: 'CAPTCHA_MISSING',
      errorCode: 'CAPTCHA_MISSING',
    });
  });

  it('sends what a validation found, in the same form', async () => {
    await using door = await open(emulator);
    const answer = await solve(door.app, emulator);

    expect((await door.send({ ...answer, name: 1, email: 'no' }, 'signUpValid')).error).toEqual({
      status: 'error',
      statusCode: 400,
      error: 'Bad Request',
      message: ['name must be a string', 'email must be an email'],
    });
  });
});

describe('a gateway', () => {
  const pipe: PipeTransform = {
    transform: () => {
      throw new WsException('mine');
    },
  };
  const extract = (context: ExecutionContext): unknown => {
    const [key, value] = context.switchToWs().getData<string>().split(' ');
    return { key, value };
  };

  @WebSocketGateway()
  class Gateway {
    @SubscribeMessage('text')
    @RequireCaptcha({ extract })
    text(@CaptchaResult() outcome: CaptchaOutcome): CaptchaOutcome {
      return outcome;
    }

    @SubscribeMessage('piped')
    @RequireCaptcha({ validate: { type: Object, pipe } })
    piped(@MessageBody() body: unknown): unknown {
      return body;
    }

    @SubscribeMessage('strict')
    @RequireCaptcha()
    strict(): string {
      return 'strict';
    }

    @SubscribeMessage('bare')
    @UseGuards(CaptchaGuard)
    bare(): string {
      return 'bare';
    }

    @SubscribeMessage('open')
    open(@CaptchaResult() outcome: CaptchaOutcome): CaptchaOutcome {
      return outcome;
    }
  }

  const start = () =>
    startApp({
      imports: [captchas(emulator)],
      providers: [Gateway, { provide: APP_GUARD, useClass: CaptchaGuard }],
    });

  it('takes no answer from the handshake, which all messages share', async () => {
    await using app = await start();
    const { captchaKey, captchaValue } = await solve(app, emulator);
    const before = emulator.requests.length;
    using client = await connectIo(app.url, {
      'x-captcha-key': captchaKey,
      'x-captcha-value': captchaValue,
    });

    expect(codeOf((await client.send({}, 'strict')).error)).toBe('CAPTCHA_MISSING');
    expect(emulator.requests).toHaveLength(before);
  });

  it('asks for a captcha where @UseGuards() alone puts the guard', async () => {
    await using app = await start();
    const answer = await solve(app, emulator);
    using client = await connectIo(app.url);

    expect(codeOf((await client.send({}, 'bare')).error)).toBe('CAPTCHA_MISSING');
    expect(await client.send(answer, 'bare')).toEqual({ ran: 'bare' });
  });

  it('reads a text with extract, passes on the outcome, and refuses what is no text', async () => {
    await using app = await start();
    const { captchaKey, captchaValue } = await solve(app, emulator);
    using client = await connectIo(app.url);

    expect(await client.send(`${captchaKey} ${captchaValue}`, 'text')).toMatchObject({
      ran: { status: 'verified' },
    });
    expect(codeOf((await client.send({ split: 1 }, 'text')).error)).toBe('CAPTCHA_MALFORMED');
  });

  it('lets an exception of its own kind be', async () => {
    await using app = await start();
    const answer = await solve(app, emulator);
    const before = comparisons(emulator);
    using client = await connectIo(app.url);

    expect(await client.send(answer, 'piped')).toMatchObject({
      error: { status: 'error', message: 'mine' },
    });
    expect(comparisons(emulator)).toBe(before);
  });

  it('is left alone by a global guard, which protects routes', async () => {
    await using app = await start();
    using client = await connectIo(app.url);

    expect(await client.send({}, 'open')).toEqual({ ran: { status: 'skipped' } });
  });

  it('gives no handler the outcome of another message', async () => {
    await using app = await start();
    const answer = await solve(app, emulator);
    using client = await connectIo(app.url);

    expect(await client.send(answer, 'strict')).toEqual({ ran: 'strict' });
    expect(await client.send(answer, 'open')).toEqual({ ran: { status: 'skipped' } });
  });

  it('lets one of two sockets through that send one answer at once', async () => {
    await using app = await start();
    const answer = await solve(app, emulator);
    using first = await connectIo(app.url);
    using second = await connectIo(app.url);

    const told = await Promise.all([first, second].map((client) => client.send(answer, 'strict')));

    expect(told.map(({ ran, error }) => ran ?? codeOf(error)).sort()).toEqual(['CAPTCHA_USED', 'strict']);
  });
});
