import { describe, expect, it } from '@jest/globals';
import type { CaptchaStore } from 'nestjs-naver-captcha';

/** A store to try, and a way to let its time pass. */
export interface StoreUnderTest extends AsyncDisposable {
  readonly store: CaptchaStore;
  /** Moves the store's clock, or waits. */
  pass(milliseconds: number): Promise<void>;
}

/** What every store keeps, whatever it is made of. */
export function describeStore(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`the contract of a store: ${name}`, () => {
    const ttlMs = 1000;

    it('takes up to the limit, and says the count', async () => {
      await using tried = await make();
      const { store } = tried;
      const takings = [];
      for (let count = 0; count < 5; count += 1)
        takings.push(await store.take('attempt:a', { limit: 3, ttlMs }));
      expect(takings).toEqual([
        { taken: true, count: 1 },
        { taken: true, count: 2 },
        { taken: true, count: 3 },
        { taken: false, count: 3 },
        { taken: false, count: 3 },
      ]);
    });

    it('a refusal adds nothing', async () => {
      await using tried = await make();
      const { store } = tried;
      for (let count = 0; count < 5; count += 1) await store.take('attempt:a', { limit: 1, ttlMs });
      expect(await store.get('attempt:a')).toBe(1);
      expect(await store.take('attempt:a', { limit: 2, ttlMs })).toEqual({ taken: true, count: 2 });
    });

    it('a limit of nothing takes nothing and leaves nothing', async () => {
      await using tried = await make();
      const { store } = tried;
      expect(await store.take('attempt:a', { limit: 0, ttlMs })).toEqual({ taken: false, count: 0 });
      expect(await store.get('attempt:a')).toBe(0);
    });

    it('names are apart, also those that look alike', async () => {
      await using tried = await make();
      const { store } = tried;
      const names = [
        'attempt:a',
        'attempt:A',
        'attempt:a ',
        'passed:a',
        'attempt:a:b',
        'attempt:*',
        'attempt:{a}',
      ];
      for (const each of names) {
        expect(await store.take(each, { limit: 1, ttlMs })).toEqual({ taken: true, count: 1 });
      }
      await store.delete('attempt:a');
      expect(await Promise.all(names.map((each) => store.get(each)))).toEqual([0, 1, 1, 1, 1, 1, 1]);
    });

    it('the time starts with the first taking, and no later one extends it', async () => {
      await using tried = await make();
      const { store } = tried;
      await store.take('attempt:a', { limit: 3, ttlMs });
      await tried.pass(ttlMs - 200);
      await store.take('attempt:a', { limit: 3, ttlMs: ttlMs * 10 });
      await store.take('attempt:a', { limit: 1, ttlMs: ttlMs * 10 });
      expect(await store.get('attempt:a')).toBe(2);
      await tried.pass(200);
      expect(await store.get('attempt:a')).toBe(0);
      expect(await store.take('attempt:a', { limit: 1, ttlMs })).toEqual({ taken: true, count: 1 });
    });

    it('takes an amount all at once or not at all', async () => {
      await using tried = await make();
      const { store } = tried;
      expect(await store.take('quota:a', { limit: 5, ttlMs, amount: 6 })).toEqual({ taken: false, count: 0 });
      expect(await store.take('quota:a', { limit: 5, ttlMs, amount: 2 })).toEqual({ taken: true, count: 2 });
      expect(await store.take('quota:a', { limit: 5, ttlMs, amount: 2 })).toEqual({ taken: true, count: 4 });
      expect(await store.take('quota:a', { limit: 5, ttlMs, amount: 2 })).toEqual({ taken: false, count: 4 });
      expect(await store.take('quota:a', { limit: 5, ttlMs })).toEqual({ taken: true, count: 5 });
    });

    it('releases an amount, but never below zero', async () => {
      await using tried = await make();
      const { store } = tried;
      await store.take('quota:a', { limit: 5, ttlMs, amount: 5 });
      await store.release('quota:a', 3);
      expect(await store.get('quota:a')).toBe(2);
      await store.release('quota:a', 3);
      expect(await store.get('quota:a')).toBe(0);
      await store.release('quota:b', 3);
      expect(await store.get('quota:b')).toBe(0);
    });

    it('pops a count once', async () => {
      await using tried = await make();
      const { store } = tried;
      await store.take('open:a', { limit: 5, ttlMs, amount: 3 });
      const pops = await Promise.all([store.pop?.('open:a'), store.pop?.('open:a'), store.pop?.('open:b')]);
      expect(pops.toSorted()).toEqual([0, 0, 3]);
      expect(await store.get('open:a')).toBe(0);
    });

    it('a release gives one back, and keeps the time left', async () => {
      await using tried = await make();
      const { store } = tried;
      await store.take('attempt:a', { limit: 1, ttlMs });
      await tried.pass(ttlMs - 200);
      await store.release('attempt:a');
      expect(await store.get('attempt:a')).toBe(0);
      expect(await store.take('attempt:a', { limit: 1, ttlMs: ttlMs * 10 })).toEqual({
        taken: true,
        count: 1,
      });
      await tried.pass(200);
      expect(await store.get('attempt:a')).toBe(0);
    });

    it('a release never goes below zero', async () => {
      await using tried = await make();
      const { store } = tried;
      await store.take('attempt:a', { limit: 1, ttlMs });
      for (let count = 0; count < 3; count += 1) await store.release('attempt:a');
      expect(await store.get('attempt:a')).toBe(0);
      expect(await store.take('attempt:a', { limit: 1, ttlMs })).toEqual({ taken: true, count: 1 });
      expect(await store.take('attempt:a', { limit: 1, ttlMs })).toEqual({ taken: false, count: 1 });
    });

    it('a release creates nothing, also of what has expired', async () => {
      await using tried = await make();
      const { store } = tried;
      await store.release('attempt:a');
      expect(await store.get('attempt:a')).toBe(0);
      await store.take('attempt:b', { limit: 1, ttlMs });
      await tried.pass(ttlMs);
      await store.release('attempt:b');
      for (const each of ['attempt:a', 'attempt:b']) {
        expect(await store.take(each, { limit: 1, ttlMs })).toEqual({ taken: true, count: 1 });
        expect(await store.take(each, { limit: 1, ttlMs })).toEqual({ taken: false, count: 1 });
      }
    });

    it('sets, over whatever was there, and with a time of its own', async () => {
      await using tried = await make();
      const { store } = tried;
      await store.set('failures:a', 7, { ttlMs });
      expect(await store.get('failures:a')).toBe(7);
      expect(await store.take('failures:a', { limit: 7, ttlMs })).toEqual({ taken: false, count: 7 });
      await tried.pass(ttlMs - 200);
      await store.set('failures:a', 2, { ttlMs });
      await tried.pass(ttlMs - 200);
      expect(await store.get('failures:a')).toBe(2);
      await tried.pass(200);
      expect(await store.get('failures:a')).toBe(0);
    });

    it('deletes, also what is not there', async () => {
      await using tried = await make();
      const { store } = tried;
      await store.delete('attempt:a');
      await store.take('attempt:a', { limit: 1, ttlMs });
      await store.delete('attempt:a');
      expect(await store.get('attempt:a')).toBe(0);
      expect(await store.take('attempt:a', { limit: 1, ttlMs })).toEqual({ taken: true, count: 1 });
    });

    it.each([1, 3])('of a hundred at once, exactly %d take', async (limit) => {
      await using tried = await make();
      const { store } = tried;
      const takings = await Promise.all(
        Array.from({ length: 100 }, () => store.take('attempt:a', { limit, ttlMs: 60_000 })),
      );
      const taken = takings.filter((taking) => taking.taken).map(({ count }) => count);
      expect(taken.sort()).toEqual(Array.from({ length: limit }, (_, index) => index + 1));
      expect(await store.get('attempt:a')).toBe(limit);
    });
  });
}
