import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import {
  type CaptchaStore,
  CaptchaStoreError,
  NaverCaptchaModule,
  NaverCaptchaService,
} from 'nestjs-naver-captcha';
import { RedisCaptchaStore } from 'nestjs-naver-captcha/redis';

import { ADAPTERS, type Adapter, MovableClock, postJson, type RunningApp, startApp } from '../support/app.ts';
import { KeptLogs } from '../support/logs.ts';
import { CLIENTS, type ConnectedClient } from '../support/redis-clients.ts';
import { RunningRedis } from '../support/redis.ts';
import { reaching, signupController, signUp, solve } from '../support/signup.ts';

const MINUTE_MS = 60_000;

let emulator: NaverCaptchaEmulator;
let logger: KeptLogs;
let clock: MovableClock;

beforeEach(async () => {
  emulator = await startNaverCaptchaEmulator({ style: 'plain' });
  logger = new KeptLogs();
  clock = new MovableClock();
});

afterEach(() => emulator.close());

/** An application with the routes and a protected sign-up. */
function start(adapter: Adapter, store: CaptchaStore): Promise<RunningApp> {
  return startApp({
    adapter,
    clock,
    logger,
    imports: [NaverCaptchaModule.forRoot({ ...reaching(emulator), store, routes: true })],
    controllers: [signupController()],
  });
}

/** What was logged of failures, whatever its level; what follows for counts is a line of its own. */
const failures = (): string[] =>
  logger.lines.filter((line) => /^(error|warn) CAPTCHA_UNAVAILABLE/.test(line));

describe.each(ADAPTERS)('Redis that is down, on %s', (adapter) => {
  let redis: RunningRedis;
  let connected: ConnectedClient;

  beforeEach(async () => {
    redis = await RunningRedis.start();
    connected = await CLIENTS.ioredis(redis);
  });

  afterEach(async () => {
    await connected[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
  });

  it('is one line of the log a minute, wherever it surfaces: routes, guard and service', async () => {
    const store = new RedisCaptchaStore({ client: connected.client, timeoutMs: 250 });
    await using app = await start(adapter, store);
    const service = app.get(NaverCaptchaService);
    const { key } = await service.createChallenge();
    const answer = await solve(app, emulator);
    // It keeps its connections and says nothing, so that every command ends alike.
    redis.pause();
    const line =
      'error CAPTCHA_UNAVAILABLE: The captcha store failed, so requests that need it are refused. Redis did not answer ' +
      'within 250 ms. Check that Redis runs and that the client is connected to it.';

    expect((await postJson(`${app.url}/captcha`, {})).status).toBe(503);
    expect(failures()).toEqual([line]);

    expect((await postJson(`${app.url}/captcha`, { kind: 'audio' })).status).toBe(503);
    const media = await fetch(`${app.url}/captcha/media?${new URLSearchParams({ key }).toString()}`);
    expect(media.status).toBe(503);
    expect((await signUp(app, answer)).status).toBe(503);
    await expect(service.createChallenge()).rejects.toThrow();
    await expect(service.quota()).rejects.toThrow();
    // A count that fails demands a captcha.
    expect(await service.recordFailure([{ key: 'account:kim' }], { limit: 5, windowMs: 1000 })).toBe(true);
    expect(failures()).toEqual([line]);

    clock.advance(MINUTE_MS);
    await postJson(`${app.url}/captcha`, {});
    expect(failures()).toEqual([line, line]);
    redis.resume();
  });

  it('that was killed is logged as well, without an address', async () => {
    const store = new RedisCaptchaStore({ client: connected.client, timeoutMs: 250 });
    await using app = await start(adapter, store);
    await redis.kill();

    for (let time = 0; time < 5; time += 1) {
      expect((await postJson(`${app.url}/captcha`, {})).status).toBe(503);
    }

    expect(failures()[0]).toMatch(/^error CAPTCHA_UNAVAILABLE: The captcha store failed, .*Redis/);
    expect(new Set(failures()).size).toBe(failures().length);
    expect(failures().join()).not.toContain(String(redis.port));
  });
});

describe('a store of the application that fails', () => {
  const failing = (thrown: Error, reject: boolean): CaptchaStore => {
    const fail = (): Promise<never> => {
      if (reject) return Promise.reject(thrown);
      throw thrown;
    };
    return { take: fail, release: fail, get: fail, set: fail, delete: fail };
  };

  it.each([true, false])(
    'has the message of a CaptchaStoreError in the log; rejected: %s',
    async (reject) => {
      const store = failing(new CaptchaStoreError('Postgres is read-only: promote it.'), reject);
      await using app = await start('express', store);
      expect((await postJson(`${app.url}/captcha`, {})).status).toBe(503);
      expect(failures()).toEqual([expect.stringMatching(/refused\. Postgres is read-only: promote it\.$/)]);
    },
  );

  it.each([true, false])(
    'has no more than the class of another error in it; rejected: %s',
    async (reject) => {
      await using app = await start('express', failing(new TypeError('redis://:hunter2@host'), reject));
      expect((await postJson(`${app.url}/captcha`, {})).status).toBe(503);
      expect(failures()).toEqual([expect.stringContaining('The captcha store failed (TypeError)')]);
    },
  );
});
