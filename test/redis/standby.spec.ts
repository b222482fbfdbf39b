import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  NaverCaptchaModule,
  type NaverCaptchaModuleOptions,
  NaverCaptchaService,
} from 'nestjs-naver-captcha';

import { postJson } from '../support/app.ts';
import { RunningRedis, until } from '../support/redis.ts';
import { type SignupProcess, startSignupProcess } from '../support/signup-process.ts';
import { readableStandby } from '../support/standby.ts';

const OPTIONS: NaverCaptchaModuleOptions = {
  engines: ['standby'],
  signingSecret: 'a signing secret of more than 32 characters',
};
const KEYS = 50;
const ANSWERS_PER_KEY = 20;
/** All answers of five keys race at a time. */
const ANSWERS_AT_ONCE = 5 * ANSWERS_PER_KEY;

let redis: RunningRedis;
let processes: readonly [SignupProcess, SignupProcess];
/** Has the same secrets, and pictures whose text a test can read. */
let reader: INestApplicationContext;

beforeAll(async () => {
  redis = await RunningRedis.start();
  processes = [
    await startSignupProcess(redis, 'ioredis', OPTIONS),
    await startSignupProcess(redis, 'node-redis', OPTIONS),
  ];
  reader = await NestFactory.createApplicationContext(
    NaverCaptchaModule.forRoot({ ...OPTIONS, standby: readableStandby() }),
    { logger: false },
  );
});

afterAll(async () => {
  await reader.close();
  await Promise.all(processes.map((process) => process[Symbol.asyncDispose]()));
  await redis[Symbol.asyncDispose]();
});

async function ask({ url }: SignupProcess, kind: 'image' | 'audio' = 'image'): Promise<string> {
  const { status, body } = await postJson(`${url}/captcha`, { kind, action: 'signup' });
  if (status !== 201) throw new Error(`POST /captcha: ${status}`);
  return (body as { key: string }).key;
}

async function mediaOf({ url }: SignupProcess, key: string): Promise<Buffer> {
  const reply = await fetch(`${url}/captcha/media?${new URLSearchParams({ key })}`);
  return Buffer.from(await reply.arrayBuffer());
}

/** Right answers to so many new keys. */
async function answersTo(count: number): Promise<{ captchaKey: string; captchaValue: string }[]> {
  const captcha = reader.get(NaverCaptchaService);
  const answers: { captchaKey: string; captchaValue: string }[] = [];
  while (answers.length < count) {
    const { key: captchaKey } = await captcha.createChallenge({ action: 'signup' });
    const { body } = await captcha.fetchMedia(captchaKey);
    answers.push({ captchaKey, captchaValue: body.toString().split(' ')[0] ?? '' });
  }
  return answers;
}

describe('two processes and one Redis', () => {
  it.each([
    ['image', 'ffd8ff'],
    ['audio', '52494646'],
  ] as const)('make the same media of one key, byte for byte: %s', async (kind, start) => {
    const [one, other] = processes;
    const key = await ask(one, kind);

    const [here, there] = await Promise.all([mediaOf(one, key), mediaOf(other, key)]);

    expect(here.subarray(0, start.length / 2).toString('hex')).toBe(start);
    expect(there.equals(here)).toBe(true);
  });

  it('let each of 50 keys through once, of 1,000 racing right answers', async () => {
    const answers = await answersTo(KEYS);
    const passes = answers.map(() => 0);
    const refused: Record<string, number> = {};
    let sent = 0;

    await Promise.all(
      Array.from({ length: ANSWERS_AT_ONCE }, async () => {
        while (sent < KEYS * ANSWERS_PER_KEY) {
          const at = Math.floor(sent / ANSWERS_PER_KEY);
          const process = processes[sent % 2 === 0 ? 0 : 1];
          sent += 1;
          const { status, body } = await postJson(`${process.url}/signup`, answers[at] ?? {});
          if (status === 200) passes[at] = (passes[at] ?? 0) + 1;
          else {
            const name = `${status} ${(body as { code?: string }).code ?? ''}`;
            refused[name] = (refused[name] ?? 0) + 1;
          }
        }
      }),
    );

    expect(passes).toEqual(answers.map(() => 1));
    expect(refused).toEqual({ '400 CAPTCHA_USED': KEYS * (ANSWERS_PER_KEY - 1) });
  }, 120_000);

  it('let no key through twice when Redis is killed and started again', async () => {
    const keys = await answersTo(100);
    const passes = keys.map(() => 0);
    const statuses = new Set<number>();
    const postAll = async (from: number, to: number): Promise<void> => {
      for (let at = from; at < to; at += 1) {
        const replies = await Promise.all(
          [0, 1, 0, 1].map((process) =>
            postJson(`${processes[process === 0 ? 0 : 1].url}/signup`, keys[at] ?? {}),
          ),
        );
        for (const { status } of replies) statuses.add(status);
        passes[at] = (passes[at] ?? 0) + replies.filter(({ status }) => status === 200).length;
      }
    };

    await postAll(0, 40);
    await Promise.all([redis.kill(), postAll(40, 60)]);
    await postAll(60, 62);
    await redis.start();
    await Promise.all(
      processes.map((process) =>
        until(async () => (await postJson(`${process.url}/captcha`, { action: 'signup' })).status !== 503),
      ),
    );
    await postAll(0, 100);

    // What was refused for want of Redis may pass now: once.
    expect(passes.every((count) => count <= 1)).toBe(true);
    expect(passes.slice(60)).toEqual(passes.slice(60).map(() => 1));
    expect([...statuses].sort()).toEqual([200, 400, 503]);
  }, 120_000);
});
