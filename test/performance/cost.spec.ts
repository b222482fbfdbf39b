import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Pool } from 'undici';

import { ADAPTERS } from '../support/app.ts';
import { demoEnvironment } from '../support/demo.ts';
import { type Replay, ReplayServer } from '../support/replay-server.ts';

const PROGRAM = fileURLToPath(new URL('../support/cost-process.mjs', import.meta.url));
const REQUESTS = 10_000;
const CONNECTIONS = 32;

/*
 * What a guarded request may cost beyond a bare one. The bytes do not depend on the machine's mood: the limits stand a
 * quarter above what was measured. The time does, so that its limit only catches what went badly wrong.
 */
const MOST_BYTES = { passing: 1, forged: 1, missing: 1, replayed: 1 };
const MOST_TIMES_BARE = 6;

interface Cost {
  readonly bytes: number;
  readonly collections: number;
  readonly cpuMicros: number;
}

let issued = 0;
const NAVER: Replay = (response) => {
  issued += 1;
  response.end(JSON.stringify({ key: `cost${String(issued).padStart(12, '0')}`, result: true }));
};

describe.each(ADAPTERS)('a guarded request on %s', (adapter) => {
  let naver: ReplayServer;
  let child: ChildProcess;
  let pool: Pool;

  beforeAll(async () => {
    naver = await ReplayServer.start(NAVER);
    child = fork(PROGRAM, [naver.url, adapter], {
      env: demoEnvironment(),
      execArgv: ['--expose-gc', '--min-semi-space-size=1024', '--max-semi-space-size=1024'],
    });
    const [{ url }] = (await once(child, 'message')) as [{ url: string }];
    pool = new Pool(url, { connections: CONNECTIONS });
  });
  afterAll(async () => {
    await pool.close();
    child.kill('SIGKILL');
    await naver[Symbol.asyncDispose]();
  });

  async function ask<T>(what: 'begin' | 'end' | { keys: number }): Promise<T> {
    child.send(what);
    const [answer] = (await once(child, 'message')) as [T];
    return answer;
  }

  /** Posts to a route, so many at once as there are connections; what came of it, by status. */
  async function post(path: string, bodyOf: (index: number) => object, count: number): Promise<unknown> {
    const statuses: Record<number, number> = {};
    let next = 0;
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        while (next < count) {
          const body = JSON.stringify(bodyOf(next));
          next += 1;
          const headers = {
            'content-type': 'application/json',
            'accept-language': 'ko-KR,ko;q=0.9,en;q=0.8',
          };
          const reply = await pool.request({ method: 'POST', path, headers, body });
          await reply.body.dump();
          statuses[reply.statusCode] = (statuses[reply.statusCode] ?? 0) + 1;
        }
      }),
    );
    return statuses;
  }

  async function costOf(path: string, bodyOf: (index: number) => object, status: number): Promise<Cost> {
    await post(path, bodyOf, 2000);
    await ask('begin');
    expect(await post(path, bodyOf, REQUESTS)).toEqual({ [status]: REQUESTS });
    return ask<Cost>('end');
  }

  const answer = (key: string | undefined) => ({ captchaKey: key, captchaValue: 'ABCDEF' });

  it('asks NAVER once, or not at all; opens no more sockets than it may; and neither time nor memory run away', async () => {
    const bare = await costOf('/bare', () => answer('x'), 200);
    const keys = await ask<string[]>({ keys: REQUESTS + 2000 });
    const perRequest: Record<string, number> = {};
    const compared = (): number => naver.requests.filter(({ query }) => query.has('value')).length;
    const cases = {
      passing: { bodyOf: () => answer(keys.pop()), status: 200, asks: REQUESTS + 2000 },
      replayed: { bodyOf: () => answer(first), status: 400, asks: 0 },
      forged: { bodyOf: () => answer(`${(first ?? '').slice(0, -8)}AAAAAAAA`), status: 400, asks: 0 },
      missing: { bodyOf: () => ({}), status: 400, asks: 0 },
    };
    const first = keys[0];
    for (const [name, { bodyOf, status, asks }] of Object.entries(cases)) {
      const before = compared();
      const { bytes, collections, cpuMicros } = await costOf('/guarded', bodyOf, status);
      expect({ name, asks: compared() - before }).toEqual({ name, asks });
      expect({ name, collections }).toEqual({ name, collections: 0 });
      expect({ name, slow: cpuMicros > MOST_TIMES_BARE * bare.cpuMicros }).toEqual({ name, slow: false });
      perRequest[name] = Math.round((bytes - bare.bytes) / REQUESTS);
    }
    expect(naver.mostOpen).toBeLessThanOrEqual(64);
    console.log(perRequest, bare);
    expect(
      Object.entries(perRequest).filter(([name, bytes]) => bytes > Reflect.get(MOST_BYTES, name)),
    ).toEqual([]);
  }, 300_000);
});
