import { describe, expect, it } from '@jest/globals';
import {
  type CaptchaStore,
  CaptchaUnavailableException,
  MemoryCaptchaStore,
  MemoryCaptchaStoreFullError,
} from 'nestjs-naver-captcha';

import { MovableClock } from '../support/app.ts';
import { json, ReplayServer } from '../support/replay-server.ts';
import { startReplayedApp } from '../support/replayed-app.ts';
import { describeStore } from '../support/store-contract.ts';

describeStore('MemoryCaptchaStore', async () => {
  const clock = new MovableClock();
  return {
    store: new MemoryCaptchaStore({ clock }),
    pass: async (milliseconds) => {
      clock.advance(milliseconds);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
});

const full = { name: 'MemoryCaptchaStoreFullError', message: expect.stringContaining('Raise maxEntries') };

describe('a memory that is full', () => {
  const minute = { limit: 1, ttlMs: 60_000 };
  const filled = async (maxEntries = 3, clock = new MovableClock()): Promise<MemoryCaptchaStore> => {
    const store = new MemoryCaptchaStore({ maxEntries, clock });
    for (let index = 0; index < maxEntries; index += 1) await store.take(`attempt:${index}`, minute);
    return store;
  };

  it('refuses what is new rather than forget what lives', async () => {
    const store = await filled();
    await expect(store.take('attempt:new', minute)).rejects.toMatchObject(full);
    await expect(store.take('attempt:new', minute)).rejects.toBeInstanceOf(MemoryCaptchaStoreFullError);
    await expect(store.set('attempt:new', 1, minute)).rejects.toMatchObject(full);
    for (const index of [0, 1, 2]) {
      expect(await store.take(`attempt:${index}`, minute)).toEqual({ taken: false, count: 1 });
    }
    expect(await store.get('attempt:new')).toBe(0);
  });

  it('goes on with what it holds', async () => {
    const store = await filled();
    expect(await store.take('attempt:1', { ...minute, limit: 2 })).toEqual({ taken: true, count: 2 });
    await store.release('attempt:1');
    await store.set('attempt:2', 5, minute);
    expect(await Promise.all([1, 2].map((index) => store.get(`attempt:${index}`)))).toEqual([1, 5]);
  });

  it('each purpose is bounded apart', async () => {
    const store = await filled();
    expect(await store.take('passed:0', minute)).toEqual({ taken: true, count: 1 });
    await store.set('breaker:0', 1, minute);
    await expect(store.take('attempt:new', minute)).rejects.toMatchObject(full);
  });

  it('what was deleted makes room', async () => {
    const store = await filled();
    await store.delete('attempt:1');
    expect(await store.take('attempt:new', minute)).toEqual({ taken: true, count: 1 });
    await expect(store.take('attempt:newer', minute)).rejects.toMatchObject(full);
  });

  it('what expired makes room', async () => {
    const clock = new MovableClock();
    const store = await filled(100, clock);
    clock.advance(60_000);
    for (let index = 0; index < 100; index += 1) {
      expect(await store.take(`attempt:new-${index}`, minute)).toEqual({ taken: true, count: 1 });
    }
    await expect(store.take('attempt:one-more', minute)).rejects.toMatchObject(full);
  });

  it('what expired makes room behind older entries that live on', async () => {
    const clock = new MovableClock();
    const store = new MemoryCaptchaStore({ maxEntries: 100, clock });
    for (let index = 0; index < 100; index += 1) {
      await store.take(`attempt:${index}`, { limit: 1, ttlMs: index < 50 ? 600_000 : 60_000 });
    }
    clock.advance(60_000);
    for (let index = 0; index < 50; index += 1) await store.take(`attempt:new-${index}`, minute);
    await expect(store.take('attempt:one-more', minute)).rejects.toMatchObject(full);
    expect(await store.get('attempt:0')).toBe(1);
  });

  it('an entry that was released still is one', async () => {
    const store = await filled();
    await store.release('attempt:0');
    await expect(store.take('attempt:new', minute)).rejects.toMatchObject(full);
  });

  it('holds 100,000 entries by default', async () => {
    const store = new MemoryCaptchaStore();
    for (let index = 0; index < 100_000; index += 1) await store.take(`attempt:${index}`, minute);
    await expect(store.take('attempt:new', minute)).rejects.toMatchObject(full);
  });
});

describe.each(['failure', 'issue', 'media'])('a memory that is full of counts of %s', (purpose) => {
  const rate = { limit: 5, ttlMs: 900_000 };

  it('forgets the oldest, so that made-up names keep nobody out', async () => {
    const store = new MemoryCaptchaStore({ maxEntries: 3, clock: new MovableClock() });
    for (let index = 0; index < 4; index += 1) {
      expect(await store.take(`${purpose}:${index}`, rate)).toEqual({ taken: true, count: 1 });
    }
    const counts = [0, 1, 2, 3].map((index) => store.get(`${purpose}:${index}`));
    expect(await Promise.all(counts)).toEqual([0, 1, 1, 1]);
    expect(await store.take(`${purpose}:1`, rate)).toEqual({ taken: true, count: 2 });
  });

  it('forgets what expired before what lives', async () => {
    const clock = new MovableClock();
    const store = new MemoryCaptchaStore({ maxEntries: 100, clock });
    for (let index = 0; index < 100; index += 1) {
      await store.take(`${purpose}:${index}`, { ...rate, ttlMs: index < 50 ? 900_000 : 60_000 });
    }
    clock.advance(60_000);
    for (let index = 0; index < 50; index += 1) await store.take(`${purpose}:new-${index}`, rate);
    expect(await store.get(`${purpose}:0`)).toBe(1);
    expect(await store.get(`${purpose}:new-0`)).toBe(1);
  });

  it('does not forget what was deleted and counted anew', async () => {
    const store = new MemoryCaptchaStore({ maxEntries: 3, clock: new MovableClock() });
    for (const name of ['a', 'b', 'c']) await store.take(`${purpose}:${name}`, rate);
    await store.delete(`${purpose}:a`);
    await store.set(`${purpose}:b`, 4, rate);
    await store.take(`${purpose}:a`, rate);
    await store.take(`${purpose}:d`, rate);
    expect(await Promise.all(['a', 'b', 'c', 'd'].map((name) => store.get(`${purpose}:${name}`)))).toEqual([
      1, 4, 0, 1,
    ]);
  });
});

describe('the store behind the service', () => {
  const right = json({ result: true });
  const answer = (key: string) => ({ key, value: 'ABC123' });
  const newKey = async (naver: ReplayServer, { captcha }: Awaited<ReturnType<typeof startReplayedApp>>) => {
    naver.say(json({ key: Math.random().toString(36).slice(2, 10).padEnd(16, '0') }));
    const { key } = await captcha.createChallenge();
    naver.take();
    naver.say(right);
    return key;
  };

  it('a full one is an outage of ours, and NAVER is not asked', async () => {
    const clock = new MovableClock();
    await using naver = await ReplayServer.start();
    await using app = await startReplayedApp(
      naver,
      { store: new MemoryCaptchaStore({ maxEntries: 1, clock }) },
      { clock },
    );
    const keys = [await newKey(naver, app), await newKey(naver, app)] as const;
    expect(await app.captcha.verify(answer(keys[0]))).toMatchObject({ passed: true });
    naver.take();
    const error: unknown = await app.captcha.verify(answer(keys[1])).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CaptchaUnavailableException);
    expect(error).toMatchObject({ origin: 'store', code: 'CAPTCHA_UNAVAILABLE', cause: full });
    expect(naver.take()).toEqual([]);

    // The record of a use outlives its key by a minute; then there is room again.
    clock.advance(600_000 + 59_999);
    const late = await newKey(naver, app);
    await expect(app.captcha.verify(answer(late))).rejects.toMatchObject({ origin: 'store' });
    clock.advance(1);
    expect(await app.captcha.verify(answer(late))).toMatchObject({ passed: true });
  });

  const broken = (...failing: (keyof CaptchaStore)[]): CaptchaStore => {
    const memory = new MemoryCaptchaStore({ clock: new MovableClock() });
    const fails = (operation: keyof CaptchaStore): void => {
      if (failing.includes(operation)) throw new Error('connection lost');
    };
    return {
      take: async (name, limit) => {
        fails('take');
        return memory.take(name, limit);
      },
      release: async (name) => {
        fails('release');
        return memory.release(name);
      },
      get: async (name) => {
        fails('get');
        return memory.get(name);
      },
      set: (name, count, lifetime) => memory.set(name, count, lifetime),
      delete: (name) => memory.delete(name),
    };
  };

  it.each([
    ['take', 1, 0],
    ['get', 2, 0],
  ] as const)(
    'one whose %s fails is an outage of ours, and no answer passes',
    async (operation, maxAttempts, calls) => {
      await using naver = await ReplayServer.start();
      await using app = await startReplayedApp(naver, { store: broken(operation), maxAttempts });
      const key = await newKey(naver, app);
      await expect(app.captcha.verify(answer(key))).rejects.toMatchObject({ origin: 'store' });
      expect(naver.take()).toHaveLength(calls);
    },
  );

  it('one that throws at once is no different', async () => {
    const store: CaptchaStore = {
      ...broken(),
      take: () => {
        throw new Error('not connected');
      },
    };
    await using naver = await ReplayServer.start();
    await using app = await startReplayedApp(naver, { store });
    const key = await newKey(naver, app);
    await expect(app.captcha.verify(answer(key))).rejects.toMatchObject({ origin: 'store' });
  });

  it('one that fails to record the passing lets no answer pass', async () => {
    const whole = broken();
    const store: CaptchaStore = {
      ...whole,
      take: async (name, limit) => {
        if (name.startsWith('passed:')) throw new Error('connection lost');
        return whole.take(name, limit);
      },
    };
    await using naver = await ReplayServer.start();
    await using app = await startReplayedApp(naver, { store });
    const key = await newKey(naver, app);
    await expect(app.captcha.verify(answer(key))).rejects.toMatchObject({ origin: 'store' });
    expect(await app.captcha.verify(answer(key))).toEqual({ passed: false, reason: 'used' });
  });

  it('forged, expired and malformed answers do not touch it', async () => {
    await using naver = await ReplayServer.start();
    await using app = await startReplayedApp(naver, { store: broken('take', 'get', 'release') });
    const key = await newKey(naver, app);
    const reasons = [];
    for (const each of [answer('A'.repeat(91)), { key, value: '한글' }, { key: 'x', value: 'y' }]) {
      reasons.push(await app.captcha.verify(each));
    }
    reasons.push(await app.captcha.verify(answer(key), { action: 'login' }));
    app.clock.advance(600_000);
    reasons.push(await app.captcha.verify(answer(key)));
    expect(reasons.map((verdict) => (verdict.passed ? 'passed' : verdict.reason))).toEqual([
      'forged',
      'malformed',
      'forged',
      'mismatch',
      'expired',
    ]);
  });

  it('its names contain a purpose and nothing else: no key, no answer, no id', async () => {
    const names: string[] = [];
    const whole = broken();
    const store: CaptchaStore = {
      ...whole,
      take: async (name, limit) => {
        names.push(name);
        return whole.take(name, limit);
      },
    };
    await using naver = await ReplayServer.start();
    await using app = await startReplayedApp(naver, { store });
    const key = await newKey(naver, app);
    await app.captcha.verify(answer(key));
    expect(names).toEqual([
      expect.stringMatching(/^attempt:[A-Za-z0-9_-]{43}$/),
      expect.stringMatching(/^passed:[A-Za-z0-9_-]{43}$/),
    ]);
  });
});
