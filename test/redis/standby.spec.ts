import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  NaverCaptchaModule,
  type NaverCaptchaModuleOptions,
  NaverCaptchaService,
} from 'nestjs-naver-captcha';

import { postJson } from '../support/app.ts';
import { RunningRedis } from '../support/redis.ts';
import { type SignupProcess, startSignupProcess } from '../support/signup-process.ts';
import { readableStandby } from '../support/standby.ts';

const OPTIONS: NaverCaptchaModuleOptions = {
  engines: ['standby'],
  signingSecret: 'a signing secret of more than 32 characters',
};
const ANSWERS = 1000;
const ANSWERS_AT_ONCE = 100;

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

  it('let one of 1,000 racing right answers through', async () => {
    const key = await ask(processes[0]);
    const [value = ''] = (await reader.get(NaverCaptchaService).fetchMedia(key)).body.toString().split(' ');
    const replies: Record<string, number> = {};
    let sent = 0;

    await Promise.all(
      Array.from({ length: ANSWERS_AT_ONCE }, async () => {
        while (sent < ANSWERS) {
          const process = processes[sent % 2 === 0 ? 0 : 1];
          sent += 1;
          const { status, body } = await postJson(`${process.url}/signup`, {
            captchaKey: key,
            captchaValue: value,
          });
          const name = `${status} ${(body as { code?: string }).code ?? ''}`.trim();
          replies[name] = (replies[name] ?? 0) + 1;
        }
      }),
    );

    expect(replies).toEqual({ '200': 1, '400 CAPTCHA_USED': ANSWERS - 1 });
  }, 120_000);
});
