import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import {
  MemoryCaptchaStore,
  type NaverCaptchaModuleOptions,
  type RequireCaptchaOptions,
} from 'nestjs-naver-captcha';

import { startRoutes } from '../routes/support/routes.ts';
import { ADAPTERS, type Adapter, type JsonReply, type RunningApp } from '../support/app.ts';
import { signupController } from '../support/signup.ts';
import { readableStandby } from '../support/standby.ts';
import { storeWithoutPop } from '../support/store-without-pop.ts';
import { askFrom, askOften, pay, solvePuzzle, tollFor } from '../support/work.ts';

const ATTACKER = '203.0.113.9';
const NEIGHBOUR = '203.0.113.10';
const FREE = 20;
const CALM = { toll: true };

let emulator: NaverCaptchaEmulator;

beforeEach(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 7 });
});

afterEach(() => emulator.close());

function start(
  adapter: Adapter,
  options: NaverCaptchaModuleOptions = {},
  require?: RequireCaptchaOptions,
): Promise<RunningApp> {
  return startRoutes(emulator, adapter, {
    trust: ['loopback'],
    options: { standby: readableStandby(), signingSecret: 's'.repeat(32), ...options },
    controllers: [signupController(require)],
  });
}

async function askTimes(app: RunningApp, times: number, by: string, body: object): Promise<JsonReply[]> {
  const replies: JsonReply[] = [];
  for (let time = 0; time < times; time += 1) replies.push(await askFrom(app, by, body));
  return replies;
}

const statuses = (replies: readonly JsonReply[]): number[] => [
  ...new Set(replies.map(({ status }) => status)),
];

/** A toll that is paid already. */
async function spentToll(
  app: RunningApp,
): Promise<{ readonly toll: { readonly key: string; readonly value: string } }> {
  const elsewhere = '198.51.100.7';
  await askOften(app, elsewhere, FREE);
  const { key, puzzle } = await tollFor(app, elsewhere);
  const paid = { toll: { key, value: await solvePuzzle(puzzle) } };
  expect((await askFrom(app, elsewhere, paid)).status).toBe(201);
  return paid;
}

describe.each(ADAPTERS)('a toll that is spent, on %s', (adapter) => {
  it('does not pass issueLimit, where no toll is asked for', async () => {
    await using app = await start(
      adapter,
      { issueLimit: { limit: 30, windowMs: 60_000 } },
      { kinds: ['work', 'image'] },
    );
    const spent = { ...(await spentToll(app)), work: true };
    await askTimes(app, 30, ATTACKER, spent);

    expect(await askFrom(app, ATTACKER, spent)).toMatchObject({ status: 428, body: { level: 5 } });
  });

  it('does not pass issueLimit after its two minutes either', async () => {
    await using app = await start(adapter, { pace: false, issueLimit: { limit: 30, windowMs: 600_000 } });
    const spent = await spentToll(app);
    app.clock.advance(120_000);
    await askTimes(app, 30, ATTACKER, spent);

    expect(await askFrom(app, ATTACKER, spent)).toMatchObject({ status: 429 });
  });
});

describe.each(ADAPTERS)('pages that ask for tolls and pay none, on %s', (adapter) => {
  it('use up the limit of their household, and not that of the network around it', async () => {
    await using app = await start(adapter, { issueLimit: { limit: 2, windowMs: 60_000 } });
    await askTimes(app, 2 * 16 + 1, ATTACKER, CALM);

    expect(statuses([await askFrom(app, NEIGHBOUR, {}), await askFrom(app, NEIGHBOUR, CALM)])).toEqual([201]);
  });
});

describe.each(ADAPTERS)('a household that asks often, on %s', (adapter) => {
  it('does not raise the price of its neighbours alone', async () => {
    await using app = await start(adapter, { engines: ['standby'], issueLimit: false });
    await askOften(app, ATTACKER, 17 * FREE);

    expect((await tollFor(app, ATTACKER)).level).toBe(3);
    expect((await askFrom(app, NEIGHBOUR, CALM)).status).toBe(201);
  });
});

describe.each(ADAPTERS)('many tolls paid within their two minutes, on %s', (adapter) => {
  it('do not keep other pages from paying theirs, although the memory store is full of them', async () => {
    const store = new MemoryCaptchaStore({ maxEntries: 3 });
    await using app = await start(adapter, { engines: ['standby'], issueLimit: false, store });
    await askOften(app, ATTACKER, FREE);
    const replies: JsonReply[] = [];
    for (let time = 0; time < 4; time += 1) {
      replies.push(await pay(app, ATTACKER, await tollFor(app, ATTACKER)));
    }

    expect(statuses(replies)).toEqual([201]);
  });
});

describe.each(ADAPTERS)('issueLimit of a page that pays, on %s', (adapter) => {
  it.each([
    { what: 'the store keeps no pace', options: () => ({ store: storeWithoutPop() }) },
    { what: 'calls to NAVER have no limit', options: () => ({ dailyQuota: Infinity }) },
  ])('is that of every page, if $what', async ({ options }) => {
    await using app = await start(adapter, { issueLimit: { limit: 2, windowMs: 60_000 }, ...options() });
    await askTimes(app, 2, ATTACKER, CALM);

    expect((await askFrom(app, ATTACKER, CALM)).status).toBe(429);
  });
});
