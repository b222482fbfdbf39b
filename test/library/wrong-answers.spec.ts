import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import {
  type CaptchaStoreLimit,
  type CaptchaStoreTaking,
  MemoryCaptchaStore,
  NaverCaptchaService,
} from 'nestjs-naver-captcha';

import { ADAPTERS, MovableClock, type RunningApp } from '../support/app.ts';
import { KeptLogs } from '../support/logs.ts';
import { comparisons, signUp, solve, startSignup } from '../support/signup.ts';
import { storeWithoutPop } from '../support/store-without-pop.ts';

const HOUR_MS = 3_600_000;
const READER = '203.0.113.9';
const NEIGHBOUR = '203.0.113.10';

let emulator: NaverCaptchaEmulator;

beforeEach(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 5, dailyQuota: 1_000_000, maxRequests: 10_000 });
});

afterEach(() => emulator.close());

const options = { issueLimit: false, dailyQuota: 100_000 } as const;

/** One picture, asked for and answered. */
async function answer(app: RunningApp, by: string, isRight: boolean): Promise<number> {
  const solved = await solve(app, emulator, { by });
  return (await signUp(app, isRight ? solved : { ...solved, captchaValue: 'WRONG' })).status;
}

async function answerWrongly(app: RunningApp, by: string, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await answer(app, by, false);
}

const clock = new MovableClock();

/** Fails for the counts of wrong answers alone while it is down. */
class FailingStore extends MemoryCaptchaStore {
  isDown = false;

  override take(name: string, limit: CaptchaStoreLimit): Promise<CaptchaStoreTaking> {
    return this.isDown && name.startsWith('wrong:') ? Promise.reject(new Error()) : super.take(name, limit);
  }

  override get(name: string): Promise<number> {
    return this.isDown && name.startsWith('wrong:') ? Promise.reject(new Error()) : super.get(name);
  }
}

const ask = ({ app }: RunningApp, by: string) => app.get(NaverCaptchaService).createChallenge({ by });

describe.each(ADAPTERS)('wrong answers, counted by household across keys, on %s', (adapter) => {
  it('end its pictures at the ninth wrong answer within an hour, with 429 until the hour is over', async () => {
    await using app = await startSignup(emulator, { adapter, options });
    await answerWrongly(app, READER, 8);
    await ask(app, READER);

    await answerWrongly(app, READER, 1);

    await expect(ask(app, READER)).rejects.toMatchObject({
      code: 'CAPTCHA_TOO_MANY',
      retryAfterSeconds: 3600,
    });
    expect(await answer(app, NEIGHBOUR, true)).toBe(200);
    app.clock.advance(HOUR_MS);
    expect(await answer(app, READER, true)).toBe(200);
  });

  it('are taken back by right answers, one point for two, and never below zero', async () => {
    await using app = await startSignup(emulator, { adapter, options });
    for (let time = 0; time < 20; time += 1) await answer(app, READER, true);
    await answerWrongly(app, READER, 8);
    await answer(app, READER, true);
    await answer(app, READER, true);
    await answerWrongly(app, READER, 1);

    await ask(app, READER);
    await answerWrongly(app, READER, 1);

    await expect(ask(app, READER)).rejects.toMatchObject({ code: 'CAPTCHA_TOO_MANY' });
  });

  it('are charged to the household that asked for the picture, whatever address answers', async () => {
    await using app = await startSignup(emulator, { adapter, options });
    for (let time = 0; time < 9; time += 1) {
      const solved = await solve(app, emulator, { by: READER });
      // Every request of this test comes from the same loopback address.
      await signUp(app, { ...solved, captchaValue: 'WRONG' });
    }

    await ask(app, '127.0.0.1');
    await expect(ask(app, READER)).rejects.toMatchObject({ code: 'CAPTCHA_TOO_MANY' });
  });

  it('end the answers too if pictures were hoarded, without asking NAVER', async () => {
    await using app = await startSignup(emulator, { adapter, options });
    const hoarded = [];
    for (let time = 0; time < 25; time += 1) hoarded.push(await solve(app, emulator, { by: READER }));
    const statuses = [];
    for (const solved of hoarded) {
      statuses.push((await signUp(app, { ...solved, captchaValue: 'WRONG' })).status);
    }

    expect(statuses).toEqual([...Array<number>(11).fill(400), ...Array<number>(14).fill(429)]);
    expect(comparisons(emulator)).toBe(11);
  });

  it('end them at the same count if all are sent at once while NAVER takes its time', async () => {
    await using app = await startSignup(emulator, { adapter, options });
    const hoarded = [];
    for (let time = 0; time < 40; time += 1) hoarded.push(await solve(app, emulator, { by: READER }));
    emulator.failNext({ fault: 'latency', latencyMs: 300, call: 'compare', times: 40 });

    const replies = await Promise.all(
      hoarded.map((solved) => signUp(app, { ...solved, captchaValue: 'WRONG' })),
    );

    expect(replies.filter(({ status }) => status === 400)).toHaveLength(11);
    expect(replies.filter(({ status }) => status === 429)).toHaveLength(29);
  });

  it('are no answers that NAVER did not compare', async () => {
    await using app = await startSignup(emulator, { adapter, options });
    for (let time = 0; time < 20; time += 1) {
      const solved = await solve(app, emulator, { by: READER });
      emulator.failNext({ fault: 'system-error', call: 'compare' });
      expect((await signUp(app, { ...solved, captchaValue: 'WRONG' })).status).toBe(503);
      // Outages in a row would open the breaker.
      expect((await signUp(app, solved)).status).toBe(200);
      expect((await signUp(app, solved)).body).toMatchObject({ code: 'CAPTCHA_USED' });
    }

    await ask(app, READER);
  });

  it('end its pictures as early with a store that knows no amounts', async () => {
    await using app = await startSignup(emulator, {
      adapter,
      clock,
      options: { ...options, store: storeWithoutPop(new MemoryCaptchaStore({ clock })) },
    });
    await answerWrongly(app, READER, 8);
    await ask(app, READER);

    await answerWrongly(app, READER, 1);

    await expect(ask(app, READER)).rejects.toMatchObject({ code: 'CAPTCHA_TOO_MANY' });
  });

  it('spend no attempt if the store fails to count them', async () => {
    const store = new FailingStore({ clock });
    await using app = await startSignup(emulator, { adapter, clock, options: { ...options, store } });
    const solved = await solve(app, emulator, { by: READER });

    store.isDown = true;
    expect((await signUp(app, solved)).body).toMatchObject({ code: 'CAPTCHA_UNAVAILABLE' });
    store.isDown = false;
    expect((await signUp(app, solved)).status).toBe(200);
  });

  it('leave a visitor who holds a picture free to answer it', async () => {
    await using app = await startSignup(emulator, { adapter, options });
    const held = await solve(app, emulator, { by: READER });
    await answerWrongly(app, READER, 9);

    expect((await signUp(app, held)).status).toBe(200);
  });

  it.each(['10.0.0.2', '127.0.0.1', '::1', '100.64.0.9', 'unknown'])(
    'do not count for %s, behind which every visitor of a site can be',
    async (by) => {
      await using app = await startSignup(emulator, { adapter, options });
      await answerWrongly(app, by, 20);

      expect(await answer(app, by, true)).toBe(200);
    },
  );

  it('are told in the log, by the hash of the household', async () => {
    const logger = new KeptLogs();
    await using app = await startSignup(emulator, { adapter, options, logger });
    await answerWrongly(app, READER, 9);
    await expect(ask(app, READER)).rejects.toMatchObject({ code: 'CAPTCHA_TOO_MANY' });
    await expect(ask(app, READER)).rejects.toMatchObject({ code: 'CAPTCHA_TOO_MANY' });

    const { household } = await app.app.get(NaverCaptchaService).hashesOf(READER);
    const lines = logger.lines.filter((line) => line.includes('CAPTCHA_WRONG'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(household);
    expect(lines[0]).not.toContain(READER);
  });

  it('do not count without an address: a socket or a service call has none', async () => {
    await using app = await startSignup(emulator, { adapter, options });
    for (let time = 0; time < 30; time += 1) {
      await signUp(app, { ...(await solve(app, emulator)), captchaValue: 'WRONG' });
    }

    expect((await signUp(app, await solve(app, emulator))).status).toBe(200);
  });
});

describe('a reader of 30 % of the pictures at one address', () => {
  it('is left a handful of sign-ups an hour', async () => {
    await using app = await startSignup(emulator, { options });
    let signedUp = 0;
    for (let time = 0; time < 1000; time += 1) {
      try {
        // Every third or fourth, as evenly as can be: no run of luck.
        if ((await answer(app, READER, Math.floor(time * 0.3) !== Math.floor((time + 1) * 0.3))) === 200) {
          signedUp += 1;
        }
      } catch {
        break;
      }
    }

    expect(signedUp).toBeLessThanOrEqual(5);
  });
});
