import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type JsonReply, postJson } from '../support/app.ts';
import { RunningRedis } from '../support/redis.ts';
import { type SignupProcess, startSignupProcess } from '../support/signup-process.ts';
import { solvePuzzle, type TollReply, type WorkReply } from '../support/work.ts';

const OPTIONS = {
  engines: ['standby'],
  signingSecret: 'a signing secret of more than 32 characters',
} as const;
const RACERS = 200;
const FREE = 20;

let redis: RunningRedis;
let processes: readonly [SignupProcess, SignupProcess];

beforeAll(async () => {
  redis = await RunningRedis.start();
  processes = [
    await startSignupProcess(redis, 'ioredis', OPTIONS),
    await startSignupProcess(redis, 'node-redis', OPTIONS),
  ];
});

afterAll(async () => {
  await Promise.all(processes.map((process) => process[Symbol.asyncDispose]()));
  await redis[Symbol.asyncDispose]();
});

const ask = (body: object, at = 0): Promise<JsonReply> =>
  postJson(`${processes[at % 2 === 0 ? 0 : 1].url}/captcha`, { action: 'signup', ...body });

/** The numbers of replies by status and code, of requests that go to both processes at once. */
async function race(send: (at: number) => Promise<JsonReply>): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { status, body } of await Promise.all(Array.from({ length: RACERS }, (_, at) => send(at)))) {
    const name = `${status} ${(body as { code?: string }).code ?? ''}`.trim();
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe('two processes and one Redis', () => {
  it('let work through once', async () => {
    const { key, puzzle } = (await ask({ work: true, toll: true })).body as WorkReply;
    const answer = { captchaKey: key, captchaValue: await solvePuzzle(puzzle) };

    expect(await race((at) => postJson(`${processes[at % 2 === 0 ? 0 : 1].url}/signup`, answer))).toEqual({
      '200': 1,
      '400 CAPTCHA_USED': RACERS - 1,
    });
  });

  it('count what a household asks for together, and take a toll once', async () => {
    for (let at = 1; at < FREE; at += 1) expect((await ask({ toll: true }, at)).status).toBe(201);
    const { body } = await ask({ toll: true });
    const { key, puzzle, level } = body as TollReply;
    expect(level).toBe(1);
    const value = await solvePuzzle(puzzle);

    expect(await race((at) => ask({ toll: { key, value } }, at))).toEqual({
      '201': 1,
      '428 CAPTCHA_WORK_REQUIRED': RACERS - 1,
    });
  });
});
