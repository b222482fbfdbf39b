import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  MemoryCaptchaStore,
  type NaverCaptchaModuleOptions,
  NaverCaptchaService,
} from 'nestjs-naver-captcha';

import { MovableClock } from '../support/app.ts';
import { json, JPEG, type Replay, ReplayServer } from '../support/replay-server.ts';
import { type ReplayedApp, startReplayedApp } from '../support/replayed-app.ts';

const HOUR_MS = 3_600_000;
const SIZE = 3;
const OTHER_KEY = 'anotherkey12345';

let naver: ReplayServer;
let issued: number;

/** A NAVER whose keys tell how many were issued before. */
const WELL: Replay = (response) => {
  const { path = '' } = naver.requests.at(-1) ?? {};
  if (path.includes('ncaptcha')) response.end(JPEG);
  else if (path.includes('code=1')) response.end('{"result":true}');
  else response.end(JSON.stringify({ key: `prefetched${String((issued += 1)).padStart(6, '0')}` }));
};

beforeEach(async () => {
  issued = 0;
  naver = await ReplayServer.start(WELL);
});

afterEach(() => naver[Symbol.asyncDispose]());

const calls = (of: string): number => naver.requests.filter(({ path }) => path.includes(of)).length;

/** Pictures fetched of keys issued here, which leaves out those that `filled()` asks for. */
const pictures = (): number =>
  naver.requests.filter(({ path, query }) => path.includes('ncaptcha') && query.get('key') !== OTHER_KEY)
    .length;

/** Waits until NAVER has been asked for so many keys and pictures, and the replies were taken. */
async function filled(app: ReplayedApp, count: number): Promise<void> {
  await naver.until(() => calls('code=0') >= count && pictures() >= count);
  // What NAVER said last was taken once the same socket's next call is answered.
  await app.client.fetchMedia('image', OTHER_KEY);
}

function start(options: NaverCaptchaModuleOptions = {}, clock = new MovableClock()): Promise<ReplayedApp> {
  return startReplayedApp(naver, { prefetch: { size: SIZE }, ...options }, { gated: true, clock });
}

describe('prefetch', () => {
  it('is off by default', async () => {
    await using app = await startReplayedApp(naver);
    await app.captcha.createChallenge();

    expect(calls('code=0')).toBe(1);
    expect(calls('ncaptcha')).toBe(0);
  });

  it('keeps so many pictures ready, each one counted in the quota', async () => {
    await using app = await start();
    await filled(app, SIZE);

    expect(calls('code=0')).toBe(SIZE);
    expect((await app.captcha.quota()).image.used).toBe(2 * SIZE);
  });

  it('hands out key and picture without asking NAVER, and makes another ready', async () => {
    await using app = await start();
    await filled(app, SIZE);
    const before = pictures();
    const { key } = await app.captcha.createChallenge({ action: 'signup', binding: 'session' });

    expect((await app.captcha.fetchMedia(key)).body).toEqual(JPEG);
    await filled(app, SIZE + 1);
    expect(pictures() - before).toBe(1);
    expect(
      await app.captcha.verify({ key, value: 'ANSWER' }, { action: 'signup', binding: 'session' }),
    ).toMatchObject({ passed: true });
    expect(naver.requests.at(-1)?.query.get('key')).toBe('prefetched000001');
  });

  it('asks NAVER as ever when none is left, and for sounds', async () => {
    await using app = await start();
    await filled(app, SIZE);
    const keys = await Promise.all(Array.from({ length: 20 }, () => app.captcha.createChallenge()));
    expect(new Set(keys.map(({ key }) => key)).size).toBe(20);

    naver.say(json({ key: 'soundkey12345678' }));
    await app.captcha.createChallenge({ kind: 'audio' });
    expect(calls('skey')).toBe(1);
  });

  it('outlives the start of an outage: what is ready is handed out', async () => {
    await using app = await start();
    await filled(app, SIZE);
    naver.say({ status: 503 });
    for (let count = 0; count < SIZE; count += 1) {
      const { key } = await app.captcha.createChallenge();
      expect((await app.captcha.fetchMedia(key)).body).toEqual(JPEG);
    }
    await expect(app.captcha.createChallenge()).rejects.toMatchObject({ code: 'CAPTCHA_UNAVAILABLE' });
  });

  it('is no burden in an outage: it pauses after a failure', async () => {
    naver.say({ status: 503 });
    await using app = await start();
    await naver.until(() => calls('code=0') >= 2);
    await expect(app.captcha.createChallenge()).rejects.toMatchObject({ code: 'CAPTCHA_UNAVAILABLE' });

    // Twice for the pool and twice for the person, retries included.
    expect(calls('code=0')).toBe(4);
  });

  it('spends no more than the quota leaves for issuing', async () => {
    await using app = await start({ dailyQuota: 2 });
    await filled(app, 1);

    expect(calls('code=0')).toBe(1);
    expect(await app.captcha.createChallenge()).toMatchObject({ kind: 'image' });
    await expect(app.captcha.createChallenge()).rejects.toMatchObject({ code: 'CAPTCHA_QUOTA_EXCEEDED' });
  });

  it('hands out no key that is an hour old', async () => {
    await using app = await start();
    await filled(app, SIZE);
    app.clock.advance(HOUR_MS);
    const { key } = await app.captcha.createChallenge();
    await app.captcha.fetchMedia(key);
    await app.captcha.verify({ key, value: 'ANSWER' });

    expect(
      naver.requests
        .filter(({ query }) => query.has('value'))
        .at(-1)
        ?.query.get('key'),
    ).not.toMatch(/00000[123]$/);
  });

  it('lets no key expire later than NAVER is sure to know it', async () => {
    const clock = new MovableClock();
    await using app = await start({ keyTtlMs: 2 * HOUR_MS }, clock);
    await filled(app, SIZE);
    const prefetchedAt = clock.now();
    clock.advance(HOUR_MS - 1000);

    const { expiresAt } = await app.captcha.createChallenge();
    expect(expiresAt.getTime()).toBe(prefetchedAt + 2 * HOUR_MS);
  });

  it('gives no key to two of several instances, and either takes what the other made', async () => {
    const store = new MemoryCaptchaStore({ clock: new MovableClock() });
    await using one = await start({ store });
    await using other = await start({ store });
    await naver.until(() => calls('code=0') >= 2 * SIZE && calls('ncaptcha') >= 2 * SIZE);

    const made = await Promise.all(
      Array.from({ length: 2 * SIZE }, (_, index) =>
        (index % 2 === 0 ? one : other).captcha.createChallenge(),
      ),
    );
    for (const [index, { key }] of made.entries()) {
      const verdict = await (index % 2 === 0 ? other : one).captcha.verify({ key, value: 'ANSWER' });
      expect(verdict).toMatchObject({ passed: true });
    }
    const compared = naver.requests
      .filter(({ query }) => query.has('value'))
      .map(({ query }) => query.get('key'));
    expect(new Set(compared).size).toBe(2 * SIZE);
  });

  describe('in time', () => {
    beforeEach(() => {
      jest.useFakeTimers({
        doNotFake: [
          'Date',
          'hrtime',
          'nextTick',
          'performance',
          'queueMicrotask',
          'setImmediate',
          'setInterval',
        ],
      });
    });
    afterEach(() => {
      jest.useRealTimers();
    });

    it('renews a picture that no visitor has got within an hour, and not before', async () => {
      const clock = new MovableClock();
      await using app = await start({}, clock);
      await filled(app, SIZE);
      clock.advance(HOUR_MS - 1);
      jest.advanceTimersByTime(HOUR_MS - 1);
      expect(calls('code=0')).toBe(SIZE);

      clock.advance(1);
      jest.advanceTimersByTime(1);
      await filled(app, 2 * SIZE);
      expect(calls('code=0')).toBe(2 * SIZE);
    });

    it('goes on after an outage by itself', async () => {
      naver.say({ status: 400 });
      const clock = new MovableClock();
      await using app = await start({}, clock);
      await naver.until(() => calls('code=0') >= 1);
      await expect(app.client.fetchMedia('image', 'anotherkey12345')).rejects.toThrow();
      naver.say(WELL);
      clock.advance(30_000);
      jest.advanceTimersByTime(30_000);

      await filled(app, SIZE);
    });

    it('stops with the application', async () => {
      const app = await start();
      await filled(app, SIZE);
      await app.app.close();

      expect(jest.getTimerCount()).toBe(0);
    });
  });

  it('has the service of an application that closes go on without it', async () => {
    const app = await start();
    await filled(app, SIZE);
    await app.app.close();
    for (let ready = 0; ready < SIZE; ready += 1) await app.get(NaverCaptchaService).createChallenge();

    await expect(app.get(NaverCaptchaService).createChallenge()).rejects.toMatchObject({
      code: 'CAPTCHA_UNAVAILABLE',
    });
  });
});
