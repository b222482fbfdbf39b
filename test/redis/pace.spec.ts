import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import { NaverCaptchaModule, NaverCaptchaService } from 'nestjs-naver-captcha';
import { RedisCaptchaStore } from 'nestjs-naver-captcha/redis';

import { MovableClock, type RunningApp, startApp } from '../support/app.ts';
import { CLIENTS, type ConnectedClient } from '../support/redis-clients.ts';
import { RunningRedis } from '../support/redis.ts';
import { reaching } from '../support/signup.ts';

let redis: RunningRedis;
let emulator: NaverCaptchaEmulator;
let clients: readonly ConnectedClient[];

beforeAll(async () => {
  redis = await RunningRedis.start();
  emulator = await startNaverCaptchaEmulator({ style: 'plain', dailyQuota: 1_000_000 });
  clients = await Promise.all([CLIENTS.ioredis(redis), CLIENTS['node-redis'](redis)]);
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
  await emulator.close();
  await redis[Symbol.asyncDispose]();
});

/** An application of its own with the shared store; it is noon in Korea. */
function start({ client }: ConnectedClient): Promise<RunningApp> {
  const store = new RedisCaptchaStore({ client, timeoutMs: 10_000 });
  const options = { ...reaching(emulator), timeoutMs: 60_000, dailyQuota: 400, pace: true, store };
  return startApp({ clock: new MovableClock(), imports: [NaverCaptchaModule.forRoot(options)] });
}

it('is one pace for all applications that share Redis, however fast they ask', async () => {
  const apps = await Promise.all(clients.map(start));
  const services = apps.map(({ app }) => app.get(NaverCaptchaService));

  const outcomes = await Promise.allSettled(
    services.flatMap((service) => Array.from({ length: 200 }, () => service.createChallenge())),
  );

  // A quarter, and half of the rest: 250 of 400 calls, and each challenge takes two.
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(125);
  expect(emulator.requests.filter(({ call }) => call === 'issue')).toHaveLength(125);
  for (const service of services) {
    expect((await service.quota()).image).toMatchObject({ used: 250, limitNow: 250, left: 75 });
  }
  for (const app of apps) await app[Symbol.asyncDispose]();
});
