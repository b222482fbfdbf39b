import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import { CAPTCHA_STORE, type MemoryCaptchaStore, NaverCaptchaService } from 'nestjs-naver-captcha';

import type { RunningApp } from '../support/app.ts';
import { KeptLogs } from '../support/logs.ts';
import { comparisons, signUp, solve, startSignup } from '../support/signup.ts';

let emulator: NaverCaptchaEmulator;

beforeEach(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 14, dailyQuota: 1_000_000 });
});

afterEach(() => emulator.close());

/** An application that trusts `X-Forwarded-For`, so that a test can come from any address. */
function start(setup: Parameters<typeof startSignup>[1] = {}): Promise<RunningApp> {
  return startSignup(emulator, {
    options: { onUnavailable: 'allow' },
    configure: (app) => (app as NestExpressApplication).set('trust proxy', true),
    ...setup,
  });
}

/** An outage in which no visitor can get a picture, so that requests need none. */
async function breakIssuing(app: RunningApp): Promise<void> {
  emulator.failNext({ fault: 'system-error', call: 'issue', times: 1000 });
  const service = app.get(NaverCaptchaService);
  for (const kind of ['image', 'audio'] as const) {
    for (let time = 0; time < 5; time += 1) await service.createChallenge({ kind }).catch(() => undefined);
  }
}

async function statusesOf(app: RunningApp, addresses: readonly string[]): Promise<Record<number, number>> {
  const statuses: Record<number, number> = {};
  for (const address of addresses) {
    const { status } = await signUp(app, {}, { 'x-forwarded-for': address });
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
  return statuses;
}

const from = (count: number, addressOf: (at: number) => string): string[] =>
  Array.from({ length: count }, (_, at) => addressOf(at));

describe("onUnavailable: 'allow' lets 10 requests of one household through in a minute", () => {
  it('and 160 of one IPv4 /24, 640 of one IPv6 /48', async () => {
    await using app = await start();
    await breakIssuing(app);
    const fromNetwork = from(200, (at) => `198.51.100.${at}`);
    const fromPrefix = from(700, (at) => `2001:db8:7:${at.toString(16)}::1`);

    expect(await statusesOf(app, fromNetwork)).toEqual({ 200: 160, 503: 40 });
    expect(await statusesOf(app, fromPrefix)).toEqual({ 200: 640, 503: 60 });
    expect(await statusesOf(app, ['192.0.2.1'])).toEqual({ 200: 1 });
  });

  it('the others are told of the outage', async () => {
    await using app = await start();
    await breakIssuing(app);

    expect(
      await statusesOf(
        app,
        from(50, () => '203.0.113.9'),
      ),
    ).toEqual({ 200: 10, 503: 40 });
    const refused = await signUp(app, {}, { 'x-forwarded-for': '203.0.113.9' });
    expect(refused.body).toMatchObject({ code: 'CAPTCHA_UNAVAILABLE' });
    expect(refused.headers.has('retry-after')).toBe(true);
  });

  it('an IPv6 /64 is one household, and other households have their own', async () => {
    await using app = await start();
    await breakIssuing(app);

    expect(
      await statusesOf(
        app,
        from(30, (at) => `2001:db8:1:2::${at + 1}`),
      ),
    ).toEqual({ 200: 10, 503: 20 });
    expect(
      await statusesOf(
        app,
        from(30, (at) => `198.51.100.${at}`),
      ),
    ).toEqual({ 200: 30 });
  });

  it('a function that yields allow is counted too', async () => {
    await using app = await start({ options: { onUnavailable: () => 'allow' } });
    await breakIssuing(app);

    expect(
      await statusesOf(
        app,
        from(20, () => '203.0.113.9'),
      ),
    ).toEqual({ 200: 10, 503: 10 });
  });

  it('an answer that NAVER cannot compare counts like none', async () => {
    await using app = await start();
    const answers = [];
    for (let time = 0; time < 12; time += 1) answers.push(await solve(app, emulator));
    emulator.failNext({ fault: 'system-error', call: 'compare', times: 100 });
    const replies = [];
    for (const answer of answers) replies.push(await signUp(app, answer));

    expect(replies.map(({ status }) => status)).toEqual([...from(10, () => '').map(() => 200), 503, 503]);
    expect(comparisons(emulator)).toBeGreaterThan(0);
  });

  it('after a minute there are ten more, and the log says so once', async () => {
    const logger = new KeptLogs();
    await using app = await start({ logger });
    await breakIssuing(app);
    await statusesOf(
      app,
      from(30, () => '203.0.113.9'),
    );
    const lines = logger.of('warn').filter((line) => line.includes('10 requests of one household'));
    app.clock.advance(60_000);
    // The breaker tries again by now, and finds NAVER still down.
    await breakIssuing(app);

    expect(
      await statusesOf(
        app,
        from(12, () => '203.0.113.9'),
      ),
    ).toEqual({ 200: 10, 503: 2 });
    expect(lines).toHaveLength(1);
  });

  it('a store that cannot count them lets none through, and holds no address', async () => {
    await using app = await start();
    const store = app.get<MemoryCaptchaStore>(CAPTCHA_STORE);
    await breakIssuing(app);
    const names: string[] = [];
    store.take = (name) => {
      names.push(name);
      return Promise.reject(new Error('dead'));
    };

    expect(await statusesOf(app, ['203.0.113.9'])).toEqual({ 503: 1 });
    const name: unknown = expect.stringMatching(/^allowed:[A-Za-z0-9_-]{43}$/);
    expect(names).toEqual([name, name]);
  });
});
