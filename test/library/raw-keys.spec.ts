import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import { NaverCaptchaService } from 'nestjs-naver-captcha';

import { ADAPTERS, type RunningApp } from '../support/app.ts';
import { comparisons, signUp, startSignup } from '../support/signup.ts';

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 16, dailyQuota: 1_000_000, maxRequests: 10_000 });
});

afterAll(() => emulator.close());

const madeUp = (at: number): object => ({
  captchaKey: `madeup${String(at).padStart(10, '0')}`,
  captchaValue: 'ABCDE',
});

async function statuses(app: RunningApp, count: number): Promise<Record<number, number>> {
  const found: Record<number, number> = {};
  for (let at = 0; at < count; at += 1) {
    const { status } = await signUp(app, madeUp(at));
    found[status] = (found[status] ?? 0) + 1;
  }
  return found;
}

describe.each(ADAPTERS)('raw keys that a client makes up on %s', (adapter) => {
  it('are compared as often as issueLimit says, over HTTP', async () => {
    await using app = await startSignup(emulator, { adapter, options: { keys: 'raw' } });
    const before = comparisons(emulator);

    expect(await statuses(app, 40)).toEqual({ 400: 10, 429: 30 });
    expect(comparisons(emulator)).toBe(before + 10);
    const refused = await signUp(app, madeUp(99));
    expect(refused).toMatchObject({ status: 429, body: { code: 'CAPTCHA_TOO_MANY' } });
    expect(refused.headers.get('retry-after')).toBe('60');
    app.clock.advance(60_001);
    expect(await statuses(app, 1)).toEqual({ 400: 1 });
  });

  it('spend no attempt when they are refused by the limit', async () => {
    await using app = await startSignup(emulator, { adapter, options: { keys: 'raw' } });
    await statuses(app, 10);
    const captcha = app.get(NaverCaptchaService);
    const { key } = await captcha.createChallenge();
    await captcha.fetchMedia(key);
    const answer = { captchaKey: key, captchaValue: emulator.answerOf(key) };

    expect((await signUp(app, answer)).status).toBe(429);
    app.clock.advance(60_001);
    expect((await signUp(app, answer)).status).toBe(200);
  });

  it('are not limited where issueLimit is off, or when they are refused without a comparison', async () => {
    await using unlimited = await startSignup(emulator, {
      adapter,
      options: { keys: 'raw', issueLimit: false },
    });
    expect(await statuses(unlimited, 15)).toEqual({ 400: 15 });

    await using app = await startSignup(emulator, { adapter, options: { keys: 'raw' } });
    for (let at = 0; at < 15; at += 1) {
      expect((await signUp(app, { ...madeUp(at), captchaKey: 'no!' })).status).toBe(400);
    }
    expect(await statuses(app, 1)).toEqual({ 400: 1 });
  });
});
