import { describe, expect, it } from '@jest/globals';
import {
  CAPTCHA_EVENTS,
  type CaptchaClock,
  type CaptchaEvent,
  CaptchaTooManyException,
  CaptchaQuotaExceededException,
  MemoryCaptchaStore,
} from 'nestjs-naver-captcha';
import type { Observable } from 'rxjs';

import { MovableClock } from '../support/app.ts';
import { KeptLogs } from '../support/logs.ts';
import { json, ReplayServer } from '../support/replay-server.ts';
import { startReplayedApp } from '../support/replayed-app.ts';

const KEY = 't521bp3qM7Qyk2X2';
const HOUR_MS = 3_600_000;

/** A system time that can be corrected, and a monotonic one that only passes. */
class CorrectedClock extends MovableClock {
  #correctedBy = 0;

  override now(): number {
    return super.now() + this.#correctedBy;
  }

  monotonicNow(): number {
    return super.now();
  }

  correct(milliseconds: number): void {
    this.#correctedBy += milliseconds;
  }
}

const issued = json({ key: KEY });
const down = json({ errorCode: 'CT500' }, 500);

describe.each([-HOUR_MS, HOUR_MS])('a system time that is corrected by %d ms', (correction) => {
  it('does not change the pause of the breaker', async () => {
    await using naver = await ReplayServer.start(down);
    const clock = new CorrectedClock();
    await using app = await startReplayedApp(naver, {}, { gated: true, clock });
    for (let time = 0; time < 3; time += 1) await app.client.issueKey('image').catch(() => undefined);
    naver.say(issued);
    clock.correct(correction);
    await expect(app.client.issueKey('image')).rejects.toMatchObject({ retryAfterSeconds: 10 });
    clock.advance(10_000);

    expect(await app.client.issueKey('image')).toBe(KEY);
  });

  it('keeps no limit full, and does not empty it', async () => {
    await using naver = await ReplayServer.start(issued);
    const clock = new CorrectedClock();
    const issueLimit = { limit: 1, windowMs: 60_000 };
    await using app = await startReplayedApp(naver, { issueLimit }, { clock });
    await app.captcha.createChallenge({ by: '192.0.2.1' });
    clock.correct(correction);
    await expect(app.captcha.createChallenge({ by: '192.0.2.1' })).rejects.toThrow(CaptchaTooManyException);
    clock.advance(60_000);

    await app.captcha.createChallenge({ by: '192.0.2.1' });
  });

  it('gives every call the time it took', async () => {
    const clock = new CorrectedClock();
    await using naver = await ReplayServer.start((response) => {
      clock.advance(70);
      clock.correct(correction);
      response.end(JSON.stringify({ key: KEY }));
    });
    await using app = await startReplayedApp(naver, {}, { gated: true, clock });
    const durations: number[] = [];
    app.get<Observable<CaptchaEvent>>(CAPTCHA_EVENTS).subscribe((event) => {
      if ('durationMs' in event) durations.push(event.durationMs);
    });
    await app.client.issueKey('image');

    expect(durations).toEqual([70]);
  });

  it('silences no log line, and repeats none', async () => {
    await using naver = await ReplayServer.start(json({}, 429));
    const clock = new CorrectedClock();
    const logger = new KeptLogs();
    await using app = await startReplayedApp(naver, {}, { gated: true, clock, logger });
    const fail = () => app.client.fetchMedia('image', KEY).catch(() => undefined);
    const tooFast = () => logger.of('warn').filter((line) => line.includes('too fast')).length;
    await fail();
    clock.correct(correction);
    await fail();
    expect(tooFast()).toBe(1);
    clock.advance(60_000);
    await fail();

    expect(tooFast()).toBe(2);
  });
});

it('a full day is over at midnight in Korea, though the system time was an hour ahead when it was full', async () => {
  await using naver = await ReplayServer.start(json({ errorCode: '010' }, 429));
  const clock = new CorrectedClock();
  await using app = await startReplayedApp(naver, {}, { gated: true, clock });
  // 23:59:59 in Korea, and the system takes it for 00:59:59 of the next day.
  clock.advance(Date.parse('2026-11-23T14:59:59Z') - clock.now());
  clock.correct(HOUR_MS);
  await expect(app.client.issueKey('image')).rejects.toThrow(CaptchaQuotaExceededException);
  clock.correct(-HOUR_MS);
  naver.say(issued);

  expect(await app.client.issueKey('image')).toBe(KEY);
});

it('a clock of a test that has now() alone moves pauses on, and a step back counts as no time', async () => {
  let now = 0;
  const clock: CaptchaClock = { now: () => now };
  const store = new MemoryCaptchaStore({ clock });
  const once = { limit: 1, ttlMs: 60_000 };
  await store.take('attempt:a', once);
  now -= HOUR_MS;
  expect((await store.take('attempt:a', once)).taken).toBe(false);
  now += 59_999;
  expect((await store.take('attempt:a', once)).taken).toBe(false);
  now += 1;

  expect((await store.take('attempt:a', once)).taken).toBe(true);
});
