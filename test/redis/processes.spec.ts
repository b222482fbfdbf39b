import type { INestApplicationContext } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import {
  NaverCaptchaModule,
  type NaverCaptchaModuleOptions,
  NaverCaptchaService,
} from 'nestjs-naver-captcha';

import { postJson } from '../support/app.ts';
import { RunningRedis, until } from '../support/redis.ts';
import { type SignupProcess, startSignupProcess } from '../support/signup-process.ts';

/** A key, its answer, and NAVER's name for it. */
interface Solved {
  readonly captchaKey: string;
  readonly captchaValue: string;
  readonly naverKey: string;
}

interface Reply {
  readonly status: number;
  readonly code: string;
}

const CLIENTS_PER_KEY = 8;
/** How many keys are posted at the same time: enough to keep two processors busy. */
const KEYS_AT_ONCE = 16;
let redis: RunningRedis;
let emulator: NaverCaptchaEmulator;
let issuer: INestApplicationContext;
let processes: readonly SignupProcess[];

beforeAll(async () => {
  // It lets comparisons repeat, so that it cannot hide a replay of ours. NAVER Cloud's calls are not limited.
  emulator = await startNaverCaptchaEmulator({ comparisonsPerKey: Infinity, style: 'plain' });
  const options: NaverCaptchaModuleOptions = {
    platform: 'ncloud',
    dailyQuota: Infinity,
    baseUrl: emulator.url,
    clientId: emulator.clientId,
    clientSecret: emulator.clientSecret,
    timeoutMs: 30_000,
  };
  redis = await RunningRedis.start();
  issuer = await NestFactory.createApplicationContext(NaverCaptchaModule.forRoot(options), { logger: false });
  processes = await Promise.all(
    (['ioredis', 'node-redis', 'ioredis', 'node-redis'] as const).map((client) =>
      startSignupProcess(redis, client, options),
    ),
  );
});

afterAll(async () => {
  await Promise.all(processes.map((process) => process[Symbol.asyncDispose]()));
  await issuer.close();
  await redis[Symbol.asyncDispose]();
  await emulator.close();
});

/** Keys whose pictures were fetched and read. */
async function solve(count: number): Promise<Solved[]> {
  const service = issuer.get(NaverCaptchaService);
  const solved: Solved[] = [];
  for (let index = 0; index < count; index += 1) {
    const { key } = await service.createChallenge({ action: 'signup' });
    const [newest] = emulator.keys;
    const { key: naverKey, answer } = newest ?? raise('The emulator has issued no key.');
    solved.push({ captchaKey: key, captchaValue: answer, naverKey });
  }
  await forEachOf(solved, async ({ captchaKey }) => {
    await service.fetchMedia(captchaKey);
  });
  return solved;
}

/** Does the work for every item, a few at a time. */
async function forEachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: KEYS_AT_ONCE }, async () => {
      for (const item of waiting) await work(item);
    }),
  );
}

async function post(process: SignupProcess, { captchaKey, captchaValue }: Solved): Promise<Reply> {
  const { status, body } = await postJson(`${process.url}/signup`, { captchaKey, captchaValue });
  const { code = '' } = body as { code?: string };
  return { status, code };
}

/** One key from eight clients at once, spread over the processes. */
function postFromAll(key: Solved): Promise<Reply[]> {
  return Promise.all(
    Array.from({ length: CLIENTS_PER_KEY }, (_, client) => {
      const process = processes[client % processes.length];
      return post(process ?? raise('There is no process.'), key);
    }),
  );
}

function raise(sentence: string): never {
  throw new Error(sentence);
}

const passes = (replies: readonly Reply[]): number => replies.filter(({ status }) => status === 200).length;

function comparisonsOf(keys: readonly Solved[]): number[] {
  const comparisons = new Map(emulator.keys.map((key) => [key.key, key.comparisons]));
  return keys.map(({ naverKey }) => comparisons.get(naverKey) ?? 0);
}

function tally(replies: readonly Reply[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, code } of replies) {
    const name = `${status} ${code}`.trim();
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe('four processes and one Redis', () => {
  it('let each of 1,000 keys through once when eight clients post it at once', async () => {
    const keys = await solve(1000);
    const replies: Reply[] = [];
    const passesOfKeys: number[] = [];

    await forEachOf(keys, async (key) => {
      const ofKey = await postFromAll(key);
      replies.push(...ofKey);
      passesOfKeys.push(passes(ofKey));
    });

    expect(tally(replies)).toEqual({ '200': 1000, '400 CAPTCHA_USED': 7000 });
    expect(new Set(passesOfKeys)).toEqual(new Set([1]));
    expect(new Set(comparisonsOf(keys))).toEqual(new Set([1]));
  }, 120_000);

  it('let no key through twice when Redis is killed and started again, and let none wait', async () => {
    const keys = await solve(300);
    const fresh = await solve(20);
    const probes = await solve(processes.length);
    const replies: Reply[] = [];
    const passesOf = new Map(keys.map((key) => [key, 0]));
    const underWay = new Set<Promise<unknown>>();
    const postOnce = async (key: Solved): Promise<void> => {
      const posted = postFromAll(key);
      underWay.add(posted);
      const ofKey = await posted.finally(() => underWay.delete(posted));
      replies.push(...ofKey);
      passesOf.set(key, (passesOf.get(key) ?? 0) + passes(ofKey));
    };
    const passed = (): number => [...passesOf.values()].reduce((sum, count) => sum + count, 0);

    /** Resolves when every process gives, or no longer gives, up for want of Redis. */
    const everyProcess = async (unavailable: boolean): Promise<void> => {
      await Promise.all(
        processes.map((process, index) =>
          until(async () => {
            const reply = await post(process, probes[index] ?? raise('There is no probe.'));
            replies.push(reply);
            return (reply.status === 503) === unavailable;
          }),
        ),
      );
    };

    // Redis dies while requests are under way, and is not back before every process has felt it, and before each request
    // of that time has its reply: none waits for Redis to come back.
    let outage: Promise<void> | undefined;
    await forEachOf(keys, async (key) => {
      await postOnce(key);
      if (passed() < 100) return;
      outage ??= redis
        .kill()
        .then(() => everyProcess(true))
        .then(() => Promise.all(underWay))
        .then(() => redis.start());
    });
    await outage;
    await everyProcess(false);

    // Whatever has passed is still known, and what was refused for want of Redis may pass now: once.
    await forEachOf(keys, postOnce);
    await forEachOf(keys, postOnce);
    await forEachOf(fresh, async (key) => {
      const ofKey = await postFromAll(key);
      replies.push(...ofKey);
      passesOf.set(key, passes(ofKey));
    });

    const counts = tally(replies);
    expect(Object.keys(counts).sort()).toEqual(['200', '400 CAPTCHA_USED', '503 CAPTCHA_UNAVAILABLE']);
    expect(Math.max(...passesOf.values())).toBe(1);
    expect(fresh.map((key) => passesOf.get(key))).toEqual(fresh.map(() => 1));
    // No late reply of the outage became an unhandled rejection, which would have ended the process.
    for (const process of processes) {
      expect({ running: process.running(), complaints: process.complaints() }).toEqual({
        running: true,
        complaints: '',
      });
    }
  }, 120_000);
});
