import { once } from 'node:events';
import { connect } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import { NaverCaptchaService } from 'nestjs-naver-captcha';

import { solve } from '../support/signup.ts';
import { PATIENCE_MS } from './support/door.ts';
import { failuresOf, portOf, RATE, TCP } from './support/tcp-door.ts';

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 14, dailyQuota: 1_000_000 });
});

afterAll(() => emulator.close());

/** Sends one packet as it is, and reads one. */
async function sendRaw(port: number, packet: object): Promise<unknown> {
  const text = JSON.stringify(packet);
  const socket = connect(port, '127.0.0.1');
  socket.write(`${text.length}#${text}`);
  const [reply] = (await once(socket, 'data', { signal: AbortSignal.timeout(PATIENCE_MS) })) as [Buffer];
  socket.destroy();
  return JSON.parse(reply.toString().replace(/^\d+#/, ''));
}

describe('a microservice', () => {
  it('sends what an HTTP client would read as the error', async () => {
    await using door = await TCP.open(emulator);

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
    await using door = await TCP.open(emulator);
    const answer = await solve(door.app, emulator);

    expect((await door.send({ ...answer, name: 'kim', email: 'no' }, 'signUpValid')).error).toMatchObject({
      status: 'error',
      statusCode: 400,
      message: ['email must be an email'],
    });
  });

  it.each([{ data: null }, {}])('refuses a packet with %j for its data', async (data) => {
    await using door = await TCP.open(emulator);
    const before = emulator.requests.length;

    const reply = await sendRaw(portOf(door.app.app), { pattern: 'signUp', id: '1', ...data });

    expect(reply).toMatchObject({ err: { code: 'CAPTCHA_MISSING' } });
    expect(emulator.requests).toHaveLength(before);
  });

  it('counts failures that the application records', async () => {
    await using door = await TCP.open(emulator);
    const service = door.app.get(NaverCaptchaService);
    const keys = failuresOf('kim');

    expect(await door.send({ user: 'kim' }, 'logIn')).toMatchObject({
      ran: { outcome: { status: 'notNeeded' } },
    });
    await service.recordFailure(keys, RATE);
    expect((await door.send({ user: 'kim' }, 'logIn')).error).toMatchObject({ code: 'CAPTCHA_MISSING' });
    await service.recordSuccess(keys);
    expect(await door.send({ user: 'kim' }, 'logIn')).toMatchObject({
      ran: { outcome: { status: 'notNeeded' } },
    });
  });
});
