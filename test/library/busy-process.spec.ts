import { describe, expect, it } from '@jest/globals';
import {
  CAPTCHA_EVENTS,
  type CaptchaEvent,
  CaptchaUnavailableException,
  type NaverCaptchaClient,
} from 'nestjs-naver-captcha';
import type { Observable } from 'rxjs';

import { MovableClock } from '../support/app.ts';
import { startReplayedApp } from '../support/replayed-app.ts';
import { blockEventLoop, WorkerNaver } from '../support/worker-naver.ts';

const KEY = 't521bp3qM7Qyk2X2';

/** Runs with the system, so that the deadline sees how late its timers fire. */
class RunningClock extends MovableClock {
  monotonicNow(): number {
    return performance.now();
  }
}

/** Starts a call and waits until NAVER has its request. */
async function requested(client: NaverCaptchaClient, naver: WorkerNaver): Promise<{ call: Promise<string> }> {
  const before = naver.requests;
  const call = client.issueKey('image');
  call.catch(() => undefined);
  while (naver.requests === before) await new Promise(setImmediate);
  return { call };
}

describe.each([
  ['straight through undici', {}],
  ["through the application's HttpService", { throughHttpService: true }],
])('a process that blocks its event loop beyond timeoutMs, %s,', (_, way) => {
  const timeoutMs = 500;

  it('reads the reply that has arrived meanwhile', async () => {
    await using naver = await WorkerNaver.start();
    await using app = await startReplayedApp(naver.url, { timeoutMs }, { ...way, clock: new RunningClock() });
    for (let time = 0; time < 5; time += 1) {
      naver.release(false);
      const { replies } = naver;
      const { call } = await requested(app.client, naver);
      naver.release(true);
      blockEventLoop(timeoutMs + 100, () => naver.replies > replies);

      expect(await call).toBe(KEY);
    }
  });

  it('takes no reply for a sign of its own slowness: too fast, never an outage of NAVER’s', async () => {
    await using naver = await WorkerNaver.start();
    await using app = await startReplayedApp(
      naver.url,
      { timeoutMs },
      { ...way, gated: true, clock: new RunningClock() },
    );
    const breakers: CaptchaEvent[] = [];
    app.get<Observable<CaptchaEvent>>(CAPTCHA_EVENTS).subscribe((event) => {
      if (event.type === 'breaker') breakers.push(event);
    });
    for (let time = 0; time < 6; time += 1) {
      const { call } = await requested(app.client, naver);
      blockEventLoop(timeoutMs);

      const error: unknown = await call.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(CaptchaUnavailableException);
      expect(error).toMatchObject({ origin: 'too-fast', upstream: { code: 'TIMEOUT' } });
      expect(String(error)).toContain('blocks its event loop');
    }
    expect(breakers).toEqual([]);
  });

  it('still takes silence for an outage if its event loop turned', async () => {
    await using naver = await WorkerNaver.start();
    // A clock that stands still sees no lag, however busy this machine is.
    await using app = await startReplayedApp(naver.url, { timeoutMs: 100 }, way);

    await expect(app.client.issueKey('image')).rejects.toMatchObject({ origin: 'naver' });
  });
});
