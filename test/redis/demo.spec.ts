import { once } from 'node:events';

import { describe, expect, it } from '@jest/globals';

import { postJson } from '../support/app.ts';
import { runDemo, startDemo } from '../support/demo.ts';
import { RunningRedis, until } from '../support/redis.ts';

interface ShownKey {
  readonly answer: string;
}

/** A challenge made and its picture read, as a person does it. */
async function solve({ url, emulatorUrl }: { url: string; emulatorUrl: string }): Promise<object> {
  const { body } = await postJson(`${url}/captcha`, { action: 'signup' });
  const { key } = body as { key: string };
  await fetch(`${url}/captcha/media?${new URLSearchParams({ key }).toString()}`);
  const [newest] = (await (await fetch(`${emulatorUrl}/__emulator/keys`)).json()) as ShownKey[];
  return {
    captchaKey: key,
    captchaValue: newest?.answer,
    name: '홍길동',
    email: 'hong@example.com',
    password: 'correct horse',
  };
}

/** The status of a sign-up, whose success leads to another page. */
async function signUp({ url }: { url: string }, body: object): Promise<number> {
  const reply = await fetch(`${url}/signup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    redirect: 'manual',
  });
  return reply.status;
}

describe('the demo with NAVER_CAPTCHA_REDIS_URL', () => {
  it('remembers used keys there, refuses while Redis is away, and ends on SIGTERM', async () => {
    await using redis = await RunningRedis.start();
    await using demo = await startDemo({ NAVER_CAPTCHA_REDIS_URL: redis.url });
    const [first, second, third] = [await solve(demo), await solve(demo), await solve(demo)];

    expect(await signUp(demo, first)).toBe(303);
    expect(await redis.say('KEYS naver-captcha:passed:*')).toMatch(/^\*1\r\n/);

    await redis.kill();
    const refused = await postJson(`${demo.url}/signup`, second);
    expect(refused.status).toBe(503);
    expect(refused.body).toMatchObject({ code: 'CAPTCHA_UNAVAILABLE' });
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);

    await redis.start();
    await until(async () => (await signUp(demo, third)) === 303);
    expect((await postJson(`${demo.url}/signup`, first)).body).toMatchObject({ code: 'CAPTCHA_USED' });

    demo.process.kill('SIGTERM');
    const [code] = (await once(demo.process, 'close')) as [number | null];
    expect(code).toBe(0);
    expect(demo.output()).toContain('Redis cannot be reached');
  });

  it('does not start where it is no URL of a Redis, and does not repeat it', async () => {
    const { code, output } = await runDemo({ NAVER_CAPTCHA_REDIS_URL: 'localhost:6379/a-password' });

    expect(code).toBe(1);
    expect(output).toContain('NAVER_CAPTCHA_REDIS_URL must be a redis: or rediss: URL.');
    expect(output).not.toContain('a-password');
  });
});
