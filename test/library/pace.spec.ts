import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import {
  CAPTCHA_EVENTS,
  type CaptchaEvent,
  type NaverCaptchaModuleOptions,
  NaverCaptchaModule,
  NaverCaptchaService,
} from 'nestjs-naver-captcha';
import { standbyEngine } from 'nestjs-naver-captcha/standby';
import type { Observable } from 'rxjs';

import { ADAPTERS, MovableClock, postJson, type RunningApp, startApp } from '../support/app.ts';
import { KeptLogs } from '../support/logs.ts';
import { reaching, signUp, signupController, solve } from '../support/signup.ts';
import { storeWithoutPop } from '../support/store-without-pop.ts';

const HOUR_MS = 3_600_000;
const KEY_LIFETIME_MS = 600_000;
/** After this an unanswered challenge has given its comparison back. */
const SETTLED_MS = KEY_LIFETIME_MS + 180_000;

let emulator: NaverCaptchaEmulator;
/** It begins at noon in Korea. */
let clock: MovableClock;
let logger: KeptLogs;

beforeEach(async () => {
  emulator = await startNaverCaptchaEmulator({
    seed: 5,
    style: 'plain',
    dailyQuota: 1_000_000,
    maxRequests: 10_000,
  });
  clock = new MovableClock();
  logger = new KeptLogs();
});

afterEach(() => emulator.close());

function start(options: NaverCaptchaModuleOptions, adapter?: (typeof ADAPTERS)[number]): Promise<RunningApp> {
  return startApp({
    ...(adapter === undefined ? {} : { adapter }),
    clock,
    logger,
    imports: [
      NaverCaptchaModule.forRoot({ ...reaching(emulator), issueLimit: false, routes: true, ...options }),
    ],
    controllers: [signupController()],
  });
}

/** Asks for challenges until one is refused. @returns how many were made */
async function flood({ app }: RunningApp): Promise<number> {
  const service = app.get(NaverCaptchaService);
  for (let made = 0; ; made += 1) {
    try {
      await service.createChallenge();
    } catch {
      return made;
    }
  }
}

/** Who makes the challenges, from now on. */
function enginesOf({ app }: RunningApp): string[] {
  const engines: string[] = [];
  app.get<Observable<CaptchaEvent>>(CAPTCHA_EVENTS).subscribe((event) => {
    if (event.type === 'challenge.issued') engines.push(event.engine);
  });
  return engines;
}

describe.each(ADAPTERS)('what is asked for beyond the pace, on %s', (adapter) => {
  it('is refused until the pace allows it, without asking NAVER', async () => {
    await using app = await start({ dailyQuota: 20, pace: true }, adapter);
    // A quarter, and half of the rest: 12 calls, and each challenge takes two.
    expect(await flood(app)).toBe(6);

    const refused = await postJson(`${app.url}/captcha`, {});
    expect(refused).toMatchObject({ status: 429, body: { code: 'CAPTCHA_TOO_MANY' } });
    // The 14th call is due at 14:24, when 60 % of the day are over.
    expect(refused.headers.get('retry-after')).toBe('8640');
    expect(emulator.requests).toHaveLength(6);

    clock.advance(8_639_000);
    expect(await flood(app)).toBe(0);
    clock.advance(1000);
    expect((await postJson(`${app.url}/captcha`, {})).status).toBe(201);
  });
});

describe('the pace', () => {
  it('is off by default', async () => {
    await using app = await start({ dailyQuota: 20 });

    expect(await flood(app)).toBe(10);
    expect((await app.app.get(NaverCaptchaService).quota()).image).not.toHaveProperty('limitNow');
  });

  it('is on with a standby, which makes what is beyond it', async () => {
    await using app = await start({ dailyQuota: 20, standby: standbyEngine() });
    const service = app.app.get(NaverCaptchaService);
    const engines = enginesOf(app);
    for (let asked = 0; asked < 9; asked += 1) await service.createChallenge();

    expect(engines).toEqual([...Array<string>(6).fill('naver'), 'standby', 'standby', 'standby']);
    expect(emulator.requests).toHaveLength(6);
    expect((await service.quota()).image).toMatchObject({ used: 12, limitNow: 12 });
    expect(logger.lines.filter((line) => line.includes('CAPTCHA_PACE'))).toEqual([
      expect.stringContaining('so the standby makes some of them.'),
    ]);

    clock.advance(8_640_000);
    await service.createChallenge();
    expect(engines.at(-1)).toBe('naver');
  });

  it('can be turned off with a standby, which then comes at the end of the day', async () => {
    await using app = await start({ dailyQuota: 20, standby: standbyEngine(), pace: false });
    const service = app.app.get(NaverCaptchaService);
    for (let asked = 0; asked < 12; asked += 1) await service.createChallenge();

    expect(emulator.requests).toHaveLength(10);
  });

  it('takes another headroom', async () => {
    await using app = await start({ dailyQuota: 20, pace: { headroom: 0.1 } });

    expect(await flood(app)).toBe(5);
  });

  it('lets a flood take a quarter at midnight and then only what the day brings, until it ends', async () => {
    await using app = await start({ dailyQuota: 1000, pace: true });
    clock.advance(12 * HOUR_MS);
    const made: number[] = [];
    for (let hour = 0; hour < 24; hour += 1) {
      const { requests } = emulator;
      const before = requests.length;
      await flood(app);
      made.push(emulator.requests.length - before);
      clock.advance(HOUR_MS);
    }

    expect(made[0]).toBe(125);
    // An hour brings 31 calls, and none is answered, so that each challenge gives half back.
    for (const hourly of made.slice(1)) expect(hourly).toBeGreaterThan(25);
    expect(made.reduce((sum, hourly) => sum + hourly, 0)).toBeLessThanOrEqual(1000);
  });

  it('is made up for by a quiet night', async () => {
    await using app = await start({ dailyQuota: 20, pace: true });
    clock.advance(11 * HOUR_MS);

    // At 23:00 all but one of 20 calls.
    expect(await flood(app)).toBe(9);
  });

  it('never refuses the answer to a picture, nor charges it again', async () => {
    await using app = await start({ dailyQuota: 20, pace: true });
    const answer = await solve(app, emulator);
    await flood(app);

    expect((await signUp(app, answer)).status).toBe(200);
    expect((await app.app.get(NaverCaptchaService).quota()).image).toMatchObject({ used: 12 });
  });

  it('gets back what visitors do not answer', async () => {
    await using app = await start({ dailyQuota: 20, pace: true });
    expect(await flood(app)).toBe(6);
    clock.advance(SETTLED_MS);

    // Six calls are used now, and 12 may be.
    expect(await flood(app)).toBe(3);
  });

  it('is told by quota()', async () => {
    await using app = await start({ dailyQuota: 20, pace: true });
    await flood(app);

    expect((await app.app.get(NaverCaptchaService).quota()).image).toMatchObject({
      used: 12,
      limit: 20,
      left: 4,
      limitNow: 12,
    });
  });

  it('is one line of the log, with what to do', async () => {
    await using app = await start({ dailyQuota: 20, pace: true });
    await flood(app);
    await flood(app);

    expect(logger.lines.filter((line) => line.includes('CAPTCHA_PACE'))).toEqual([
      "warn CAPTCHA_PACE: image challenges are asked for faster than the day's quota lasts, so some of them are refused. " +
        'CAPTCHA_BUSIEST names the networks that ask most. If these are visitors, raise dailyQuota or pace.headroom.',
    ]);
  });

  it('leaves the other kind alone', async () => {
    await using app = await start({ dailyQuota: 20, pace: true });
    await flood(app);

    await expect(app.app.get(NaverCaptchaService).createChallenge({ kind: 'audio' })).resolves.toBeDefined();
  });

  it('is not kept with a store without pop, which boots with a warning', async () => {
    const store = storeWithoutPop();
    await using app = await start({ dailyQuota: 20, pace: true, store });

    expect(logger.lines).toContainEqual(expect.stringMatching(/^warn pace is not kept: .*pop/));
    expect(await flood(app)).toBe(10);
  });
});
