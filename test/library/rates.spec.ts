import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import { type NaverCaptchaModuleOptions, NaverCaptchaService } from 'nestjs-naver-captcha';

import type { RunningApp } from '../support/app.ts';
import { startSignup } from '../support/signup.ts';

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 9, dailyQuota: 1_000_000 });
});

afterAll(() => emulator.close());

function start(issueLimit?: NaverCaptchaModuleOptions['issueLimit']): Promise<RunningApp> {
  return startSignup(emulator, { options: { issueLimit, dailyQuota: 10_000 } });
}

/** How many of so many askings are served. */
async function served(app: RunningApp, by: readonly (string | undefined)[]): Promise<number> {
  let count = 0;
  for (const whom of by) {
    const made = await app
      .get(NaverCaptchaService)
      .createChallenge({ by: whom })
      .then(
        () => true,
        (error: unknown) => {
          expect(error).toMatchObject({ code: 'CAPTCHA_TOO_MANY' });
          return false;
        },
      );
    if (made) count += 1;
  }
  return count;
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('issueLimit', () => {
  it('serves ten challenges a minute to one who asks, and says when to come back', async () => {
    await using app = await start();
    const before = emulator.requests.length;

    expect(await served(app, times(12, '203.0.113.7'))).toBe(10);
    await expect(app.get(NaverCaptchaService).createChallenge({ by: '203.0.113.7' })).rejects.toMatchObject({
      code: 'CAPTCHA_TOO_MANY',
      status: 429,
      retryAfterSeconds: 60,
    });
    expect(emulator.requests.length - before).toBe(10);

    app.clock.advance(60_000);
    expect(await served(app, ['203.0.113.7'])).toBe(1);
  });

  it('counts only challenges with a `by`', async () => {
    await using app = await start({ limit: 2 });

    expect(await served(app, ['a', 'a', 'a', 'b', 'b', 'b'])).toBe(4);
    expect(await served(app, times(5, undefined))).toBe(5);
  });

  it.each([
    [
      'one /64',
      ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', '2001:0DB8:0001:0002:1:2:3:4', '2001:db8:1:2::%eth0'],
      2,
    ],
    ['two /64', ['2001:db8:1:2::1', '2001:db8:1:2::2', '2001:db8:1:3::1', '2001:db8:1:3::2'], 4],
    ['one address in two spellings', ['203.0.113.9', '::ffff:203.0.113.9', '::FFFF:203.0.113.9'], 2],
    ['short addresses', ['::1', '::2', '::3'], 2],
  ])('counts %s together', async (_, addresses, expected) => {
    await using app = await start({ limit: 2 });

    expect(await served(app, addresses)).toBe(expected);
  });

  it('can be turned off', async () => {
    await using app = await start(false);

    expect(await served(app, times(30, '203.0.113.7'))).toBe(30);
  });
});
