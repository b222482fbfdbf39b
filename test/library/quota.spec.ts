import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LoggerService } from '@nestjs/common';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import {
  CAPTCHA_EVENTS,
  type CaptchaEvent,
  type CaptchaStore,
  MemoryCaptchaStore,
  NaverCaptchaService,
  type QuotaEvent,
} from 'nestjs-naver-captcha';
import type { Observable } from 'rxjs';

import { MovableClock, type RunningApp } from '../support/app.ts';
import { comparisons, signUp, type SignupSetup, solve, startSignup } from '../support/signup.ts';

const MIDNIGHT = new Date('2026-11-23T15:00:00Z');
const FIVE_MINUTES_MS = 300_000;

let emulator: NaverCaptchaEmulator;

beforeEach(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 5, dailyQuota: 1_000_000, maxRequests: 10_000 });
});

afterEach(() => emulator.close());

function quotaEvents(app: RunningApp): QuotaEvent[] {
  const seen: QuotaEvent[] = [];
  app.get<Observable<CaptchaEvent>>(CAPTCHA_EVENTS).subscribe((event) => {
    if (event.type === 'quota') seen.push(event);
  });
  return seen;
}

async function issue({ app }: RunningApp, times = 1): Promise<void> {
  for (let time = 0; time < times; time += 1) await app.get(NaverCaptchaService).createChallenge();
}

function start(setup: SignupSetup & { dailyQuota?: number } = {}): Promise<RunningApp> {
  const { dailyQuota = 10, options, ...rest } = setup;
  return startSignup(emulator, { options: { dailyQuota, ...options }, ...rest });
}

describe('the day’s quota', () => {
  it('is charged with a challenge and its comparison at once, each kind apart', async () => {
    await using app = await start();
    const service = app.get(NaverCaptchaService);

    await signUp(app, await solve(app, emulator));
    await service.createChallenge({ kind: 'audio' });

    expect(await service.quota()).toEqual({
      image: { used: 2, limit: 10, left: 4, resetsAt: MIDNIGHT },
      audio: { used: 2, limit: 10, left: 4, resetsAt: MIDNIGHT },
    });
  });

  it('is reported at 80 % and at 100 %, once each, in the log and as an event', async () => {
    const lines: unknown[] = [];
    const silent = (): void => undefined;
    const logger: LoggerService = { log: silent, error: silent, warn: (line: unknown) => lines.push(line) };
    await using app = await start({ logger });
    const events = quotaEvents(app);

    await issue(app, 5);

    expect(events).toEqual([
      { type: 'quota', kind: 'image', level: '80%', used: 8, limit: 10 },
      { type: 'quota', kind: 'image', level: '100%', used: 10, limit: 10 },
    ]);
    expect(lines.filter((line) => String(line).startsWith('CAPTCHA_QUOTA:'))).toHaveLength(2);
  });

  it('once used up, refuses without asking NAVER, until midnight in Korea', async () => {
    await using app = await start();
    await issue(app, 5);

    const refused = await fetch(`${app.url}/captcha`);

    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: 'CAPTCHA_QUOTA_EXCEEDED' });
    await expect(issue(app)).rejects.toMatchObject({ retryAfterSeconds: 12 * 3600 });
    expect(emulator.requests).toHaveLength(5);

    app.clock.advance(12 * 3600 * 1000);
    await issue(app);
    expect(emulator.requests).toHaveLength(6);
  });

  it('never refuses the comparison of a challenge: a visitor who holds a picture can answer it', async () => {
    await using app = await start({ options: { maxAttempts: 3 } });
    const answers = [];
    for (let visitor = 0; visitor < 5; visitor += 1) answers.push(await solve(app, emulator));
    await expect(issue(app)).rejects.toMatchObject({ code: 'CAPTCHA_QUOTA_EXCEEDED' });

    for (const answer of answers) {
      await signUp(app, { ...answer, captchaValue: 'WRONG' });
      await signUp(app, { ...answer, captchaValue: 'WRONG' });
    }
    for (const answer of answers.slice(1)) await signUp(app, answer);

    // NAVER takes one comparison a key, so that only the count tells: five were paid for, nine came on top.
    expect(comparisons(emulator)).toBe(14);
    expect((await app.get(NaverCaptchaService).quota()).image.used).toBe(10 + 9);
  });

  describe('gives back the comparison of a challenge that no visitor answers', () => {
    const KEY_TTL_MS = 600_000;
    const SETTLED_MS = KEY_TTL_MS + 180_000;

    it('two minutes after it expired, and no earlier', async () => {
      await using app = await start();
      await issue(app, 5);
      app.clock.advance(KEY_TTL_MS + 60_000);
      await expect(issue(app)).rejects.toMatchObject({ code: 'CAPTCHA_QUOTA_EXCEEDED' });

      app.clock.advance(120_000);
      await issue(app, 2);

      expect((await app.get(NaverCaptchaService).quota()).image).toMatchObject({ used: 5 - 0 + 4, left: 0 });
    });

    it('but not that of a challenge that was answered, rightly or wrongly', async () => {
      await using app = await start();
      await signUp(app, await solve(app, emulator));
      await signUp(app, { ...(await solve(app, emulator)), captchaValue: 'WRONG' });
      await issue(app);

      app.clock.advance(SETTLED_MS);
      await issue(app);

      expect((await app.get(NaverCaptchaService).quota()).image.used).toBe(2 + 2 + 1 + 2);
    });

    it('once, over two processes that issued in the same minute', async () => {
      const clock = new MovableClock();
      const store = new MemoryCaptchaStore({ clock });
      await using one = await start({ clock, dailyQuota: 100, options: { store } });
      await using other = await start({ clock, dailyQuota: 100, options: { store } });
      await issue(one, 3);
      await issue(other, 4);

      clock.advance(SETTLED_MS);
      await Promise.all([issue(one), issue(other)]);

      expect((await one.app.get(NaverCaptchaService).quota()).image.used).toBe(7 + 4);
    });

    it('to the day it was charged to, and no other', async () => {
      await using app = await start();
      // The clock stands at noon in Korea.
      app.clock.advance(12 * 3600 * 1000 - 60_000);
      await issue(app, 5);
      app.clock.advance(60_000);
      await issue(app, 2);

      app.clock.advance(SETTLED_MS);
      await issue(app, 1);

      expect((await app.get(NaverCaptchaService).quota()).image.used).toBe(2 + 2);
    });
  });

  it('charges a comparison of the next day to that day', async () => {
    await using app = await start();
    app.clock.advance(12 * 3600 * 1000 - 60_000);
    const answer = await solve(app, emulator);
    app.clock.advance(60_000);

    expect((await signUp(app, answer)).status).toBe(200);

    expect((await app.get(NaverCaptchaService).quota()).image.used).toBe(1);
  });

  it('is counted one by one in a store that knows neither amounts nor pop, and gives nothing back there', async () => {
    const clock = new MovableClock();
    const memory = new MemoryCaptchaStore({ clock });
    const store: CaptchaStore = {
      take: (name, { limit, ttlMs }) => memory.take(name, { limit, ttlMs }),
      release: (name) => memory.release(name),
      get: (name) => memory.get(name),
      set: (name, count, lifetime) => memory.set(name, count, lifetime),
      delete: (name) => memory.delete(name),
    };
    await using app = await start({ clock, dailyQuota: 5, options: { store } });
    await signUp(app, await solve(app, emulator));
    await issue(app);
    await expect(issue(app)).rejects.toMatchObject({ code: 'CAPTCHA_QUOTA_EXCEEDED' });
    clock.advance(3_600_000);

    expect((await app.get(NaverCaptchaService).quota()).image).toMatchObject({ used: 4, left: 0 });
  });

  it('does not count what surely never reached NAVER', async () => {
    const store = new MemoryCaptchaStore({ clock: new MovableClock() });
    await using early = await start({ options: { store } });
    await issue(early, 2);
    await emulator.close();
    // With no socket from before, which could break with a call on it.
    await using app = await start({ options: { store } });

    await expect(issue(app)).rejects.toMatchObject({ code: 'CAPTCHA_UNAVAILABLE' });

    expect((await app.get(NaverCaptchaService).quota()).image.used).toBe(4);
  });

  it('counts every attempt that may have reached NAVER, retries included', async () => {
    await using app = await start();
    emulator.failNext({ fault: 'system-error', call: 'issue' });

    await issue(app);

    expect(emulator.requests).toHaveLength(2);
    // The first attempt issued nothing to compare.
    expect((await app.get(NaverCaptchaService).quota()).image.used).toBe(1 + 2);
  });

  it('costs no visitor an attempt if NAVER refuses the comparison for quota', async () => {
    await using app = await start();
    const first = await solve(app, emulator);
    const second = await solve(app, emulator);
    emulator.failNext({ fault: 'quota', call: 'compare' });

    const refused = [await signUp(app, first), await signUp(app, second)];

    for (const reply of refused) {
      expect(reply.body).toMatchObject({ code: 'CAPTCHA_QUOTA_EXCEEDED' });
      expect(reply.headers.get('retry-after')).toBe(String(12 * 3600));
    }
    expect(comparisons(emulator)).toBe(1);
    app.clock.advance(FIVE_MINUTES_MS);
    expect((await signUp(app, first)).status).toBe(200);
    expect((await signUp(app, second)).status).toBe(200);
  });

  it.each(['developers', 'ncloud'] as const)('has no limit if it is Infinity: %s', async (platform) => {
    await using app = await startSignup(emulator, { options: { platform, dailyQuota: Infinity } });
    await issue(app, 3);

    expect((await app.get(NaverCaptchaService).quota()).image).toMatchObject({ used: 6, limit: undefined });
  });
});

describe('a day that NAVER itself closes', () => {
  it.each(['developers', 'ncloud'] as const)('is closed at once on all instances: %s', async (platform) => {
    const clock = new MovableClock();
    const store = new MemoryCaptchaStore({ clock });
    await using one = await startSignup(emulator, { clock, options: { platform, store, dailyQuota: 1000 } });
    await using other = await startSignup(emulator, {
      clock,
      options: { platform, store, dailyQuota: 1000 },
    });
    const events = quotaEvents(one);
    emulator.failNext({ fault: 'quota', call: 'issue' });
    await expect(issue(one)).rejects.toMatchObject({ code: 'CAPTCHA_QUOTA_EXCEEDED' });
    const before = emulator.requests.length;

    await expect(issue(one)).rejects.toMatchObject({ code: 'CAPTCHA_QUOTA_EXCEEDED' });
    await expect(issue(other)).rejects.toMatchObject({ code: 'CAPTCHA_QUOTA_EXCEEDED' });

    expect(emulator.requests).toHaveLength(before);
    expect(events).toMatchObject([{ level: 'closed' }]);
  });

  it('is tried by one call every five minutes, and opens when NAVER says so', async () => {
    const clock = new MovableClock();
    const store = new MemoryCaptchaStore({ clock });
    await using app = await startSignup(emulator, { clock, options: { store } });
    const events = quotaEvents(app);
    emulator.failNext({ fault: 'quota', call: 'issue', times: 2 });
    await expect(issue(app)).rejects.toThrow();

    for (let minute = 1; minute <= 4; minute += 1) {
      clock.advance(60_000);
      await expect(issue(app)).rejects.toThrow();
    }
    expect(emulator.requests).toHaveLength(1);

    clock.advance(60_000);
    await expect(issue(app)).rejects.toThrow();
    await expect(issue(app)).rejects.toThrow();
    expect(emulator.requests).toHaveLength(2);

    clock.advance(FIVE_MINUTES_MS);
    await issue(app);
    await issue(app);
    expect(emulator.requests).toHaveLength(4);
    expect(events.map(({ level }) => level)).toEqual(['closed', 'reopened']);
  });

  it('is not closed by calls that came too fast', async () => {
    await using app = await start();
    emulator.failNext({ fault: 'rate-limit', call: 'issue' });

    await expect(issue(app)).rejects.toMatchObject({ code: 'CAPTCHA_UNAVAILABLE', retryAfterSeconds: 1 });
    await issue(app);
  });
});

describe('a day of 1,000 calls', () => {
  it('serves 500 visitors, also with invalid requests in between', async () => {
    await using app = await startSignup(emulator);
    const service = app.get(NaverCaptchaService);
    const used: { key: string; value: string }[] = [];
    let nonsense = 0;
    async function bother(times: number): Promise<void> {
      for (let time = 0; time < times; time += 1) {
        nonsense += 1;
        const old = used[nonsense % Math.max(used.length, 1)];
        const answer =
          nonsense % 2 === 0 && old !== undefined
            ? old
            : { key: 'A'.repeat(60 + (nonsense % 100)), value: 'ABCDE' };
        const verdict = await service.verify(answer);
        if (verdict.passed) throw new Error(`Nonsense passed: ${JSON.stringify(answer)}`);
      }
    }

    for (let person = 0; person < 500; person += 1) {
      const { captchaKey, captchaValue } = await solve(app, emulator);
      used.push({ key: captchaKey, value: captchaValue });
      expect((await signUp(app, { captchaKey, captchaValue })).status).toBe(200);
      await bother(200);
    }
    await bother(10_000);
    expect(nonsense).toBe(110_000);
    expect(emulator.requests.filter(({ call }) => call !== 'fetch')).toHaveLength(1000);

    await expect(service.createChallenge()).rejects.toMatchObject({ code: 'CAPTCHA_QUOTA_EXCEEDED' });
  }, 120_000);

  it('lets every visitor answer who got a picture before issuing stopped', async () => {
    await using app = await startSignup(emulator);
    for (let person = 0; person < 400; person += 1) {
      await app.get(NaverCaptchaService).createChallenge();
    }
    const waiting = [];
    for (let person = 0; person < 100; person += 1) waiting.push(await solve(app, emulator));
    await expect(issue(app)).rejects.toMatchObject({ code: 'CAPTCHA_QUOTA_EXCEEDED' });

    for (const answer of waiting) expect((await signUp(app, answer)).status).toBe(200);
  }, 60_000);
});
