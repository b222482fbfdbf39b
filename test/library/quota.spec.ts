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

function start(
  setup: SignupSetup & { dailyQuota?: number; quotaReserve?: number } = {},
): Promise<RunningApp> {
  const { dailyQuota = 10, quotaReserve = 0, options, ...rest } = setup;
  return startSignup(emulator, { options: { dailyQuota, quotaReserve, ...options }, ...rest });
}

describe('the day’s quota', () => {
  it('counts issuing and comparing, not fetching, each kind apart', async () => {
    await using app = await start();
    const service = app.get(NaverCaptchaService);

    await signUp(app, await solve(app, emulator));
    await service.createChallenge({ kind: 'audio' });

    expect(await service.quota()).toEqual({
      image: { used: 2, limit: 10, left: 8, resetsAt: MIDNIGHT },
      audio: { used: 1, limit: 10, left: 9, resetsAt: MIDNIGHT },
    });
  });

  it('is told of at 80 % and at 100 %, once each, in the log and as an event', async () => {
    const lines: unknown[] = [];
    const silent = (): void => undefined;
    const logger: LoggerService = { log: silent, error: silent, warn: (line: unknown) => lines.push(line) };
    await using app = await start({ logger });
    const events = quotaEvents(app);

    await issue(app, 10);

    expect(events).toEqual([
      { type: 'quota', kind: 'image', level: '80%', used: 8, limit: 10 },
      { type: 'quota', kind: 'image', level: '100%', used: 10, limit: 10 },
    ]);
    expect(lines.filter((line) => String(line).startsWith('CAPTCHA_QUOTA:'))).toHaveLength(2);
  });

  it('once used up, refuses without asking NAVER, until midnight in Korea', async () => {
    await using app = await start();
    await issue(app, 10);

    const refused = await fetch(`${app.url}/captcha`);

    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: 'CAPTCHA_QUOTA_EXCEEDED' });
    await expect(issue(app)).rejects.toMatchObject({ retryAfterSeconds: 12 * 3600 });
    expect(emulator.requests).toHaveLength(10);

    app.clock.advance(12 * 3600 * 1000);
    await issue(app);
    expect(emulator.requests).toHaveLength(11);
  });

  it('keeps a share for comparing, so that who has a picture can answer it', async () => {
    await using app = await start({ quotaReserve: 0.2 });
    const early = await solve(app, emulator);
    await issue(app, 7);

    await expect(issue(app)).rejects.toMatchObject({ code: 'CAPTCHA_QUOTA_EXCEEDED' });
    expect((await signUp(app, early)).status).toBe(200);
  });

  it('does not count what surely never reached NAVER', async () => {
    const store = new MemoryCaptchaStore({ clock: new MovableClock() });
    await using early = await start({ options: { store } });
    await issue(early, 2);
    await emulator.close();
    // With no socket from before, which could break with a call on it.
    await using app = await start({ options: { store } });

    await expect(issue(app)).rejects.toMatchObject({ code: 'CAPTCHA_UNAVAILABLE' });

    expect((await app.get(NaverCaptchaService).quota()).image.used).toBe(2);
  });

  it('counts every attempt that may have reached NAVER, retries included', async () => {
    await using app = await start();
    emulator.failNext({ fault: 'system-error', call: 'issue' });

    await issue(app);

    expect(emulator.requests).toHaveLength(2);
    expect((await app.get(NaverCaptchaService).quota()).image.used).toBe(2);
  });

  it('costs nobody an attempt where it is known to be used up', async () => {
    const clock = new MovableClock();
    const store = new MemoryCaptchaStore({ clock });
    const takings: string[] = [];
    const witnessed: CaptchaStore = {
      take: (name, limit) => {
        takings.push(name);
        return store.take(name, limit);
      },
      release: (name) => store.release(name),
      get: (name) => store.get(name),
      set: (name, count, lifetime) => store.set(name, count, lifetime),
      delete: (name) => store.delete(name),
    };
    await using app = await start({ dailyQuota: 3, clock, options: { store: witnessed } });
    const first = await solve(app, emulator);
    const second = await solve(app, emulator);
    await issue(app);
    // Only comparing tells that comparing is refused: the first who tries learns it for the others.
    expect((await signUp(app, first)).body).toMatchObject({ code: 'CAPTCHA_QUOTA_EXCEEDED' });
    takings.length = 0;

    const reply = await signUp(app, second);

    expect(reply.body).toMatchObject({ code: 'CAPTCHA_QUOTA_EXCEEDED' });
    expect(reply.headers.get('retry-after')).toBe(String(12 * 3600));
    expect(takings).toEqual([]);
    expect(comparisons(emulator)).toBe(0);
  });

  it.each(['developers', 'ncloud'] as const)('has no limit if it is Infinity: %s', async (platform) => {
    await using app = await startSignup(emulator, { options: { platform, dailyQuota: Infinity } });
    await issue(app, 3);

    expect((await app.get(NaverCaptchaService).quota()).image).toMatchObject({ used: 3, limit: undefined });
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
  it('serves 450 people and everybody who has a picture, whatever nonsense is sent in between', async () => {
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

    for (let person = 0; person < 450; person += 1) {
      const { captchaKey, captchaValue } = await solve(app, emulator);
      used.push({ key: captchaKey, value: captchaValue });
      expect((await signUp(app, { captchaKey, captchaValue })).status).toBe(200);
      await bother(200);
    }
    await bother(10_000);
    expect(nonsense).toBe(100_000);
    expect(emulator.requests.filter(({ call }) => call !== 'fetch')).toHaveLength(900);

    // The hundred calls left are for those who hold a picture; nobody gets a new one.
    await expect(service.createChallenge()).rejects.toMatchObject({ code: 'CAPTCHA_QUOTA_EXCEEDED' });
  }, 120_000);

  it('lets everybody answer who was given a picture before issuing ran dry', async () => {
    await using app = await startSignup(emulator);
    for (let person = 0; person < 400; person += 1) {
      await app.get(NaverCaptchaService).createChallenge();
    }
    const waiting = [];
    for (let person = 0; person < 100; person += 1) waiting.push(await solve(app, emulator));
    await issue(app, 400);
    await expect(issue(app)).rejects.toMatchObject({ code: 'CAPTCHA_QUOTA_EXCEEDED' });

    for (const answer of waiting) expect((await signUp(app, answer)).status).toBe(200);
  }, 60_000);
});
