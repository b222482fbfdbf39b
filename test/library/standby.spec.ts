import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type EmulatorFault,
  type NaverCaptchaEmulator,
  startNaverCaptchaEmulator,
} from 'naver-captcha-emulator';
import {
  CAPTCHA_EVENTS,
  type CaptchaEvent,
  type CaptchaStore,
  MemoryCaptchaStore,
  NaverCaptchaClient,
  NaverCaptchaService,
} from 'nestjs-naver-captcha';
import type { Observable } from 'rxjs';

import { type RoutesSetup, startRoutes } from '../routes/support/routes.ts';
import { ADAPTERS, type Adapter, postJson, type RunningApp } from '../support/app.ts';
import { KeptLogs } from '../support/logs.ts';
import { ReplayServer } from '../support/replay-server.ts';
import { comparisons, signUp } from '../support/signup.ts';
import { ask, mediaOf, readableStandby, readAnswer } from '../support/standby.ts';

/** Long enough for a busy machine to answer, short enough to wait for where NAVER never does. */
const TIMEOUT_MS = 1000;
const FIRST_PAUSE_MS = 10_000;
const FIVE_MINUTES_MS = 300_000;

let emulator: NaverCaptchaEmulator;

beforeEach(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 8, dailyQuota: 1_000_000 });
});

afterEach(() => emulator.close());

function start({ options, ...setup }: RoutesSetup = {}, adapter: Adapter = 'express'): Promise<RunningApp> {
  return startRoutes(emulator, adapter, {
    options: { standby: readableStandby(), timeoutMs: TIMEOUT_MS, issueLimit: false, ...options },
    ...setup,
  });
}

function issued(): number {
  return emulator.requests.filter(({ call }) => call === 'issue').length;
}

function eventsOf(app: RunningApp): CaptchaEvent[] {
  const events: CaptchaEvent[] = [];
  app.get<Observable<CaptchaEvent>>(CAPTCHA_EVENTS).subscribe((event) => events.push(event));
  return events;
}

async function openBreaker(app: RunningApp): Promise<void> {
  emulator.failNext({ fault: 'gateway-503', call: 'issue', times: 5 });
  for (let time = 0; time < 3; time += 1) await ask(app);
}

/** Each way in which NAVER cannot issue, and how often the emulator is asked. */
const CAUSES: [fault: EmulatorFault, asked: number][] = [
  [{ fault: 'system-error' }, 2],
  [{ fault: 'gateway-504' }, 2],
  [{ fault: 'silence' }, 1],
  [{ fault: 'drip' }, 1],
  [{ fault: 'reset-before-headers' }, 2],
  [{ fault: 'html' }, 1],
  [{ fault: 'rate-limit' }, 1],
  [{ fault: 'quota' }, 1],
  [{ fault: 'unauthorized' }, 1],
  [{ fault: 'not-ticked' }, 1],
];

describe.each(ADAPTERS)('%s: the standby makes the challenge within the same request', (adapter) => {
  it.each(CAUSES)('where NAVER fails: %j', async (fault, asked) => {
    await using app = await start({}, adapter);
    emulator.failNext({ ...fault, call: 'issue', times: 2 });

    const answer = await readAnswer(app, await ask(app));
    const reply = await signUp(app, answer);

    expect(reply.body).toMatchObject({
      ran: true,
      outcome: { status: 'verified', kind: 'image', engine: 'standby' },
    });
    expect(emulator.requests).toHaveLength(asked);
  });

  it('as a sound too', async () => {
    await using app = await start({}, adapter);
    emulator.failNext({ fault: 'quota', call: 'issue' });

    const answer = await readAnswer(app, await ask(app, { kind: 'audio' }));

    expect(answer.captchaValue).toMatch(/^[0-9]{6}$/);
    expect((await signUp(app, answer)).body).toMatchObject({ outcome: { kind: 'audio', engine: 'standby' } });
  });

  it('while the breaker is open, without asking NAVER', async () => {
    await using app = await start({}, adapter);
    await openBreaker(app);
    const before = emulator.requests.length;

    await readAnswer(app, await ask(app));

    expect(emulator.requests).toHaveLength(before);
  });

  it('where our own count has reached dailyQuota', async () => {
    await using app = await start({ options: { dailyQuota: 4, pace: false } }, adapter);
    await ask(app);
    await ask(app);

    await readAnswer(app, await ask(app));

    expect(issued()).toBe(2);
  });

  it('beyond the pace of the day', async () => {
    await using app = await start({ options: { dailyQuota: 10, pace: { headroom: 0.01 } } }, adapter);
    await ask(app);
    await ask(app);

    await readAnswer(app, await ask(app));
    expect(issued()).toBe(2);

    app.clock.advance(3_600_000 * 5);
    await expect(readAnswer(app, await ask(app))).rejects.toThrow('no picture of the standby');
  });

  it('with its picture inline, while NAVER never answers', async () => {
    await using silent = await ReplayServer.start(() => undefined);
    await using app = await start({ options: { baseUrl: silent.url } }, adapter);

    const { body } = await postJson(`${app.url}/captcha`, { media: 'inline' });

    expect(body).toMatchObject({ kind: 'image', media: { contentType: 'image/jpeg' } });
    expect(silent.requests).toHaveLength(1);
  });
});

it('does not take over where the store fails, because the limits could not be counted', async () => {
  const memory = new MemoryCaptchaStore();
  const store: CaptchaStore = {
    take: () => Promise.reject(new Error('no store')),
    release: (name) => memory.release(name),
    get: (name) => memory.get(name),
    set: (name, count, lifetime) => memory.set(name, count, lifetime),
    delete: (name) => memory.delete(name),
  };
  await using app = await start({ options: { store } });

  const reply = await postJson(`${app.url}/captcha`, {});

  expect(reply).toMatchObject({ status: 503, body: { code: 'CAPTCHA_UNAVAILABLE' } });
});

it('does not give more than issueLimit', async () => {
  await using app = await start({ options: { issueLimit: { limit: 2 } } });
  emulator.failNext({ fault: 'unauthorized', call: 'issue', times: 5 });
  await ask(app);
  await ask(app);

  expect((await postJson(`${app.url}/captcha`, {})).status).toBe(429);
});

it('is answered in time if NAVER issues a key and then never sends its picture', async () => {
  await using naver = await ReplayServer.start(
    { headers: { 'content-type': 'application/json' }, body: '{"key":"t521bp3qM7Qyk2X2"}' },
    () => undefined,
  );
  await using app = await start({ options: { baseUrl: naver.url } });

  const { status, body } = await postJson(`${app.url}/captcha`, { media: 'inline' });

  expect(status).toBe(201);
  expect(body).not.toHaveProperty('media');
});

it('asks NAVER once a minute, and not for every visitor, while it refuses the credentials', async () => {
  await using app = await start();
  emulator.failNext({ fault: 'unauthorized', call: 'issue', times: 10 });
  for (let time = 0; time < 5; time += 1) await ask(app);
  expect(issued()).toBe(1);

  app.clock.advance(60_000);
  for (let time = 0; time < 5; time += 1) await ask(app);
  expect(issued()).toBe(2);
});

describe('NAVER makes challenges again', () => {
  it('after a trial call through the open breaker', async () => {
    await using app = await start();
    await openBreaker(app);
    app.clock.advance(FIRST_PAUSE_MS);

    const challenge = await ask(app);

    await expect(readAnswer(app, challenge)).rejects.toThrow('no picture of the standby');
  });

  it('after a probe of the day that NAVER closed', async () => {
    await using app = await start();
    emulator.failNext({ fault: 'quota', call: 'issue', times: 2 });
    await readAnswer(app, await ask(app));
    app.clock.advance(FIVE_MINUTES_MS);
    await readAnswer(app, await ask(app));
    expect(issued()).toBe(2);
    app.clock.advance(FIVE_MINUTES_MS);

    await expect(readAnswer(app, await ask(app))).rejects.toThrow('no picture of the standby');
    await expect(readAnswer(app, await ask(app))).rejects.toThrow('no picture of the standby');
  });

  it('also if the breaker of comparisons had opened: the next challenges are its trial', async () => {
    await using app = await start();
    const client = app.get(NaverCaptchaClient);
    emulator.failNext({ fault: 'gateway-503', call: 'compare', times: 5 });
    for (let time = 0; time < 5; time += 1) {
      await expect(client.compare('image', '0000000000000000', 'A')).rejects.toMatchObject({
        origin: 'naver',
      });
    }
    await readAnswer(app, await ask(app));
    app.clock.advance(FIRST_PAUSE_MS);

    await expect(readAnswer(app, await ask(app))).rejects.toThrow('no picture of the standby');
  });
});

describe('what is reported', () => {
  it('one line and one event when the standby takes over, and when NAVER has made challenges for a minute', async () => {
    const logger = new KeptLogs();
    await using app = await start({ logger });
    const events = eventsOf(app);
    emulator.failNext({ fault: 'rate-limit', call: 'issue' });

    await ask(app);
    await ask(app);
    app.clock.advance(59_000);
    await ask(app);
    expect(events.filter(({ type }) => type === 'engine')).toHaveLength(1);
    app.clock.advance(1000);
    await ask(app);
    await ask(app);

    expect(events.filter(({ type }) => type === 'engine')).toEqual([
      { type: 'engine', engine: 'standby', kind: 'image', reason: 'CAPTCHA_UNAVAILABLE' },
      { type: 'engine', engine: 'naver', kind: 'image' },
    ]);
    expect(logger.lines.filter((line) => line.includes('CAPTCHA_STANDBY'))).toEqual([
      'warn CAPTCHA_STANDBY: NAVER cannot make image challenges (CAPTCHA_UNAVAILABLE), so visitors get those of the ' +
        'standby until it can. An earlier line says why, and what to do.',
      'warn CAPTCHA_STANDBY: NAVER makes image challenges again. There is nothing to do.',
    ]);
  });

  it('who made each challenge, and who compared each answer', async () => {
    await using app = await start();
    const events = eventsOf(app);
    emulator.failNext({ fault: 'rate-limit', call: 'issue' });
    await signUp(app, await readAnswer(app, await ask(app)));
    await signUp(app, { captchaKey: (await ask(app)).key, captchaValue: 'WRONG' });

    expect(events.filter(({ type }) => type === 'challenge.issued')).toMatchObject([
      { engine: 'standby' },
      { engine: 'naver' },
    ]);
    expect(events.filter(({ type }) => type === 'verdict')).toMatchObject([
      { passed: true, engine: 'standby' },
      { passed: false, engine: 'naver' },
    ]);
  });

  it('no answer in any line, event or reply', async () => {
    const logger = new KeptLogs();
    await using app = await start({ logger });
    const events = eventsOf(app);
    emulator.failNext({ fault: 'unauthorized', call: 'issue' });
    const challenge = await ask(app);
    const answer = await readAnswer(app, challenge);
    const replies = [
      await signUp(app, { ...answer, captchaValue: 'WRONG' }),
      await signUp(app, await readAnswer(app, await ask(app))),
      await signUp(app, answer),
    ];

    const seen = JSON.stringify([logger.lines, events, challenge, replies.map(({ body }) => body)]);
    expect(seen).not.toContain(answer.captchaValue);
  });
});

it('says that the picture could not be drawn, without its text, and refuses with 503', async () => {
  const logger = new KeptLogs();
  const failing = {
    load: () =>
      Promise.resolve({
        alphabet: 'B',
        draw: (text: string) => Promise.reject(new TypeError(`cannot draw ${text}`)),
        speak: () => Promise.reject(new TypeError('cannot speak')),
      }),
  };
  await using app = await start({ logger, options: { standby: failing } });
  emulator.failNext({ fault: 'quota', call: 'issue' });
  const { key } = await ask(app);

  const reply = await fetch(`${app.url}/captcha/media?${new URLSearchParams({ key })}`);

  expect(reply.status).toBe(503);
  expect(await reply.text()).not.toContain('BBBBBB');
  expect(logger.of('error').join('\n')).toContain('could not make the picture of a challenge (TypeError)');
  expect(logger.lines.join('\n')).not.toContain('BBBBBB');
});

it('draws a picture when it is asked for, and not for robots that only ask for keys', async () => {
  let drawn = 0;
  const counting = {
    load: () =>
      Promise.resolve({
        alphabet: 'B',
        draw: () => {
          drawn += 1;
          return Promise.resolve({ contentType: 'image/jpeg', body: Buffer.from('picture') });
        },
        speak: () => Promise.reject(new TypeError('cannot speak')),
      }),
  };
  await using app = await start({ options: { standby: counting } });
  emulator.failNext({ fault: 'quota', call: 'issue' });
  const keys: string[] = [];
  for (let asked = 0; asked < 10; asked += 1) keys.push((await ask(app)).key);
  expect(drawn).toBe(0);

  const [key = ''] = keys;
  for (let time = 0; time < 3; time += 1) {
    const reply = await fetch(`${app.url}/captcha/media?${new URLSearchParams({ key })}`);
    expect(await reply.text()).toBe('picture');
  }
  expect(drawn).toBe(1);
});

it('costs nothing of the day of NAVER, and prefetched pictures are used up first', async () => {
  await using app = await start({ options: { prefetch: { size: 2 }, dailyQuota: 100 } });
  const used = async (): Promise<number> => (await app.get(NaverCaptchaService).quota()).image.used;
  while (emulator.requests.filter(({ status }) => status === 200).length < 4) await new Promise(setImmediate);
  emulator.failNext({ fault: 'unauthorized', call: 'issue', times: 10 });

  const events = eventsOf(app);
  for (let time = 0; time < 4; time += 1) await ask(app);

  expect(events.flatMap((event) => (event.type === 'challenge.issued' ? event.engine : []))).toEqual([
    'naver',
    'naver',
    'standby',
    'standby',
  ]);
  const before = await used();
  await signUp(app, await readAnswer(app, await ask(app)));
  expect(await used()).toBe(before);
});

describe('a NAVER key that is out', () => {
  async function naverAnswer(app: RunningApp): Promise<{ captchaKey: string; captchaValue: string }> {
    const challenge = await ask(app);
    await mediaOf(app, challenge);
    const naverKey = emulator.requests.at(-1)?.naverKey ?? '';
    return { captchaKey: challenge.key, captchaValue: emulator.answerOf(naverKey) };
  }

  it('is compared by NAVER, also while the standby makes challenges', async () => {
    await using app = await start();
    const answer = await naverAnswer(app);
    emulator.failNext({ fault: 'unauthorized', call: 'issue' });
    await ask(app);

    expect((await signUp(app, answer)).body).toMatchObject({ outcome: { engine: 'naver' } });
  });

  it('expires if NAVER refuses to compare for quota, keeps its attempt, and closes issuing', async () => {
    await using app = await start();
    const first = await naverAnswer(app);
    const second = await naverAnswer(app);
    emulator.failNext({ fault: 'quota', call: 'compare' });

    const replies = [await signUp(app, first), await signUp(app, second)];

    expect(replies.map(({ body }) => (body as { code: string }).code)).toEqual([
      'CAPTCHA_EXPIRED',
      'CAPTCHA_EXPIRED',
    ]);
    expect(comparisons(emulator)).toBe(1);
    await readAnswer(app, await ask(app));
    app.clock.advance(FIVE_MINUTES_MS);
    expect((await signUp(app, first)).status).toBe(200);
  });

  it.each([
    ['reject', 503],
    ['allow', 200],
  ] as const)('meets onUnavailable if the comparison fails: %s', async (onUnavailable, status) => {
    await using app = await start({ options: { onUnavailable } });
    const answer = await naverAnswer(app);
    emulator.failNext({ fault: 'gateway-503', call: 'compare' });

    expect((await signUp(app, answer)).status).toBe(status);
  });
});

it.each(['reject', 'allow'] as const)(
  'takes a missing answer as missing in an outage: %s',
  async (onUnavailable) => {
    await using app = await start({ options: { onUnavailable } });
    await openBreaker(app);

    expect(await signUp(app, {})).toMatchObject({ status: 400, body: { code: 'CAPTCHA_MISSING' } });
  },
);

it('never asks NAVER about a key of the standby', async () => {
  await using app = await start();
  emulator.failNext({ fault: 'unauthorized', call: 'issue' });
  const challenge = await ask(app);
  const answer = await readAnswer(app, challenge);
  await mediaOf(app, challenge);
  await signUp(app, { ...answer, captchaValue: 'WRONG' });
  await signUp(app, answer);

  expect(emulator.requests.map(({ call }) => call)).toEqual(['issue']);
});
