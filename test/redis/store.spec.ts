import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import {
  type RedisCaptchaClient,
  RedisCaptchaStore,
  RedisCaptchaStoreError,
} from 'nestjs-naver-captcha/redis';

import { RunningRedis, until } from '../support/redis.ts';
import { CLIENTS, CLUSTER_CLIENTS, type ConnectedClient } from '../support/redis-clients.ts';
import { describeStore } from '../support/store-contract.ts';
import { blockEventLoop } from '../support/worker-naver.ts';

const MINUTE = { ttlMs: 60_000 };
/** What a busy machine may add to a bound. */
const SLACK_MS = 1000;
const OPERATIONS = {
  take: (store, name) => store.take(name, { limit: 5, ...MINUTE }),
  release: (store, name) => store.release(name),
  get: (store, name) => store.get(name),
  set: (store, name) => store.set(name, 1, MINUTE),
  delete: (store, name) => store.delete(name),
  pop: (store, name) => store.pop(name),
} as const satisfies Record<string, (store: RedisCaptchaStore, name: string) => Promise<unknown>>;
const operations = Object.entries(OPERATIONS);

const newName = (): string => `attempt:${randomUUID()}`;

/** A promise that was rejected with this, error or not. */
function failing(thrown: unknown): Promise<never> {
  return new Promise((_, reject) => {
    Reflect.apply(reject, undefined, [thrown]);
  });
}

/** How long a promise took to reject, and with what. */
async function rejection(promise: Promise<unknown>): Promise<{ error: unknown; tookMs: number }> {
  const startedAt = performance.now();
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { error, tookMs: performance.now() - startedAt };
}

describe.each([
  ...Object.entries(CLIENTS).map(([name, connect]) => ({ name, connect, cluster: false })),
  ...Object.entries(CLUSTER_CLIENTS).map(([name, connect]) => ({ name, connect, cluster: true })),
])('RedisCaptchaStore with $name', ({ name, connect, cluster }) => {
  let redis: RunningRedis;
  let connected: ConnectedClient;
  let store: RedisCaptchaStore;
  let admin: Redis;

  beforeAll(async () => {
    redis = await RunningRedis.start({ cluster });
    connected = await connect(redis);
    store = new RedisCaptchaStore({ client: connected.client });
    admin = new Redis({ port: redis.port, host: '127.0.0.1', disconnectTimeout: 0 });
    admin.on('error', () => undefined);
  });

  afterAll(async () => {
    admin.disconnect();
    await connected[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
  });

  describeStore(name, async () => {
    const prefix = `${randomUUID()}:`;
    // A thousand times slower than set: no test machine is so slow that its own time counts.
    const slowed = new RedisCaptchaStore({ client: connected.client, prefix });
    return {
      store: {
        take: (name, { ttlMs, ...limit }) => slowed.take(name, { ...limit, ttlMs: ttlMs * 1000 }),
        release: (name, amount) => slowed.release(name, amount),
        pop: (name) => slowed.pop(name),
        get: (name) => slowed.get(name),
        set: (name, count, { ttlMs }) => slowed.set(name, count, { ttlMs: ttlMs * 1000 }),
        delete: (name) => slowed.delete(name),
      },
      pass: async (milliseconds) => {
        for (const key of await admin.keys(`${prefix}*`)) {
          await admin.pexpire(key, (await admin.pttl(key)) - milliseconds * 1000);
        }
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  });

  it('keeps stores with different prefixes apart', async () => {
    const other = new RedisCaptchaStore({ client: connected.client, prefix: 'other:' });
    const name = newName();
    await other.take(name, { limit: 1, ...MINUTE });

    expect(await store.get(name)).toBe(0);
    expect(await admin.get(`other:${name}`)).toBe('1');
  });

  it('leaves no key without an end, whatever is done with it', async () => {
    for (const before of Object.values(OPERATIONS)) {
      for (const after of Object.values(OPERATIONS)) {
        const name = newName();
        await before(store, name);
        await after(store, name);
      }
    }

    for (const key of await admin.keys('*')) expect([key, await admin.pttl(key)]).not.toEqual([key, -1]);
  });

  it.each(operations)('asks Redis once for "%s"', async (_, operation) => {
    const name = newName();
    await operation(store, name);
    const monitor = await admin.monitor();
    const seen: string[][] = [];
    const end = randomUUID();
    const ended = new Promise<void>((resolve) => {
      monitor.on('monitor', (_time: string, args: string[], source: string) => {
        if (args.includes(end)) resolve();
        // MONITOR also shows what a script does inside Redis.
        else if (source !== 'lua' && args.some((arg) => arg.includes(name))) seen.push(args);
      });
    });

    await operation(store, name);
    await admin.echo(end);
    await ended;
    monitor.disconnect();

    expect(seen.map(([command]) => command?.toLowerCase())).toEqual(['evalsha']);
  });

  it('a process that was busy for longer than timeoutMs is not refused for it', async () => {
    const busy = new RedisCaptchaStore({ client: connected.client, timeoutMs: 100 });
    for (let time = 0; time < 3; time += 1) {
      // Some clients send in a later turn of the event loop, so Redis may see the command after this time only.
      const taking = busy.take(newName(), { limit: 1, ...MINUTE });
      blockEventLoop(400);
      expect((await taking).taken).toBe(true);
    }
  });

  it('says its scripts again to a Redis that has forgotten them', async () => {
    const name = newName();
    await store.take(name, { limit: 2, ...MINUTE });
    await admin.script('FLUSH');

    expect(await store.take(name, { limit: 2, ...MINUTE })).toEqual({ taken: true, count: 2 });
  });

  it('throws where the key holds something else than a count', async () => {
    const name = newName();
    await admin.hset(`naver-captcha:${name}`, 'a', 'b');

    await expect(store.take(name, { limit: 1, ...MINUTE })).rejects.toMatchObject({
      name: 'RedisCaptchaStoreError',
      failure: 'error',
    });
    await expect(store.get(name)).rejects.toBeInstanceOf(RedisCaptchaStoreError);
  });

  it('waits as long as it should for a Redis that says nothing, and works again when that speaks', async () => {
    const slow = new RedisCaptchaStore({ client: connected.client, timeoutMs: 100 });
    const name = newName();
    redis.pause();

    const rejections = await Promise.all(operations.map(([, operation]) => rejection(operation(slow, name))));
    for (const { error, tookMs } of rejections) {
      expect(error).toBeInstanceOf(RedisCaptchaStoreError);
      expect(error).toMatchObject({ failure: 'timeout', message: expect.stringContaining('100 ms') });
      expect(tookMs).toBeGreaterThan(95);
      expect(tookMs).toBeLessThan(100 + SLACK_MS);
    }

    redis.resume();
    await until(async () => (await slow.take(newName(), { limit: 1, ...MINUTE })).taken);
  });

  it('releases a taking whose reply comes after the timeout', async () => {
    const slow = new RedisCaptchaStore({ client: connected.client, timeoutMs: 20 });
    const name = newName();
    redis.pause();
    const { error } = await rejection(slow.take(name, { limit: 1, ...MINUTE }));
    redis.resume();

    expect(error).toMatchObject({ failure: 'timeout' });
    await until(async () => (await store.get(name)) === 0);
    expect(await store.take(name, { limit: 1, ...MINUTE })).toEqual({ taken: true, count: 1 });
  });

  it('throws in time while Redis is gone, and works again when it is back, with what it knew', async () => {
    const name = newName();
    await store.take(name, { limit: 1, ...MINUTE });
    await redis.kill();

    for (const [, operation] of operations) {
      const { error, tookMs } = await rejection(operation(store, newName()));
      expect(error).toBeInstanceOf(RedisCaptchaStoreError);
      expect(tookMs).toBeLessThan(250 + SLACK_MS);
    }

    await redis.start();
    await until(async () => (await store.take(newName(), { limit: 1, ...MINUTE })).taken);
    expect(await store.take(name, { limit: 1, ...MINUTE })).toEqual({ taken: false, count: 1 });
  });
});

describe.each(Object.entries(CLIENTS))('the errors of RedisCaptchaStore with %s', (_, connect) => {
  it('hold no password and no address', async () => {
    const password = 'a-password-nobody-may-see';
    await using redis = await RunningRedis.start({ password: 'another-password' });
    await using connected = await connect(redis, { password });
    const store = new RedisCaptchaStore({ client: connected.client });

    const { error } = await rejection(store.get('attempt:x'));
    await redis.kill();
    const { error: later } = await rejection(store.get('attempt:x'));

    for (const thrown of [error, later]) {
      expect(thrown).toBeInstanceOf(RedisCaptchaStoreError);
      const shown = inspect(thrown, { depth: 10, showHidden: true });
      expect(shown).not.toContain(password);
      expect(shown).not.toContain(String(redis.port));
      expect(shown).not.toContain('127.0.0.1');
    }
  });
});

describe('RedisCaptchaStore with a client that misbehaves', () => {
  const answering = (evaluate: () => unknown): RedisCaptchaStore =>
    new RedisCaptchaStore({
      client: { evalsha: async () => evaluate(), eval: async () => evaluate() },
      timeoutMs: 20,
    });

  it.each([[null], ['OK'], [[]], [[1]], [['x', 'y']], [{ 0: 1, 1: 1 }], [1.5], [Number.NaN]])(
    'never takes %j for a count',
    async (reply) => {
      const store = answering(() => reply);

      await expect(store.take('attempt:x', { limit: 1, ...MINUTE })).rejects.toMatchObject({
        failure: 'reply',
      });
      await expect(store.get('attempt:x')).rejects.toMatchObject({ failure: 'reply' });
    },
  );

  it('reads numbers that the client gives as text', async () => {
    expect(await answering(() => ['1', '3']).take('attempt:x', { limit: 5, ...MINUTE })).toEqual({
      taken: true,
      count: 3,
    });
    expect(await answering(() => '3').get('attempt:x')).toBe(3);
  });

  it.each([
    ['OOM', new Error('OOM command not allowed when used memory > maxmemory')],
    [
      'ECONNREFUSED',
      Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:6379'), { code: 'ECONNREFUSED' }),
    ],
    ['TypeError', new TypeError('secret')],
    ['unknown', 'secret'],
    ['unknown', undefined],
  ])("contains no more of a client's error than %s", async (kind, thrown) => {
    const store = answering(() => failing(thrown));

    const { error } = await rejection(store.get('attempt:x'));
    expect(error).toMatchObject({
      failure: 'error',
      message: `Redis could not carry out a command (${kind}). Check that Redis runs and that the client is connected to it.`,
    });
    expect(error).not.toHaveProperty('cause');
  });

  it.each([
    'All keys in the pipeline should belong to the same slots allocation group',
    'All the keys in a pipeline command should belong to the same slot',
  ])('says what to upgrade where ioredis before 5.11 pipelines to a cluster by itself: %s', async (said) => {
    const store = answering(() => failing(new Error(said)));

    await expect(store.get('attempt:x')).rejects.toMatchObject({
      failure: 'error',
      message: expect.stringMatching(
        /Upgrade ioredis to 5\.11 or later, or set enableAutoPipelining to false/,
      ),
    });
  });

  it('piles up no more than ten thousand unanswered commands, and goes on when they are answered', async () => {
    let answer: (count: number) => void = () => undefined;
    const promise = new Promise<number>((resolve) => (answer = resolve));
    let asked = 0;
    const store = answering(() => {
      asked += 1;
      return promise;
    });

    const rejections = await Promise.all(
      Array.from({ length: 10_050 }, () => rejection(store.get('attempt:x'))),
    );
    expect(asked).toBe(10_000);
    expect(
      rejections.filter(({ error }) => (error as RedisCaptchaStoreError).failure === 'overload'),
    ).toHaveLength(50);

    answer(1);
    await until(async () => (await store.get('attempt:x')) === 1);
  });

  it('does not retry after the caller has got its error', async () => {
    let refuse: (error: Error) => void = () => undefined;
    const first = new Promise<never>((_, reject) => (refuse = reject));
    let again = 0;
    const store = new RedisCaptchaStore({
      client: {
        evalsha: () => first,
        eval: async () => {
          again += 1;
        },
      },
      timeoutMs: 20,
    });

    await expect(store.release('attempt:x')).rejects.toMatchObject({ failure: 'timeout' });
    refuse(new Error('NOSCRIPT No matching script.'));
    await new Promise(setImmediate);

    expect(again).toBe(0);
  });
});

describe('the options of RedisCaptchaStore', () => {
  const client: RedisCaptchaClient = { evalsha: async () => 0, eval: async () => 0 };

  it.each([0, -1, 1.5, 60_001, Number.NaN, Infinity])('refuse %d for timeoutMs', (timeoutMs) => {
    expect(() => new RedisCaptchaStore({ client, timeoutMs })).toThrow(RangeError);
  });

  it.each([undefined, null, {}, 'redis://localhost', { evalsha: true }])(
    'refuse %j for a client',
    (other) => {
      expect(() => new RedisCaptchaStore({ client: other as never })).toThrow(
        /^client of RedisCaptchaStore must be an ioredis Redis/,
      );
    },
  );

  it('take an explicit undefined for the default', async () => {
    const keys: unknown[] = [];
    const store = new RedisCaptchaStore({
      client: {
        evalsha: async (_, __, key) => {
          keys.push(key);
          return 0;
        },
        eval: async () => 0,
      },
      prefix: undefined,
      timeoutMs: undefined,
    });

    await store.get('attempt:x');
    expect(keys).toEqual(['naver-captcha:attempt:x']);
  });
});
