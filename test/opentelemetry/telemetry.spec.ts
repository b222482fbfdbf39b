import { inspect } from 'node:util';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type INestApplication, Module } from '@nestjs/common';
import { diag, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import {
  type CaptchaMediaKind,
  type CaptchaStore,
  MemoryCaptchaStore,
  NaverCaptchaClient,
  NaverCaptchaModule,
  type NaverCaptchaModuleOptions,
  NaverCaptchaService,
  type RequireCaptchaOptions,
} from 'nestjs-naver-captcha';
import { CaptchaTelemetry } from 'nestjs-naver-captcha/opentelemetry';

import {
  ADAPTERS,
  type AppSetup,
  MovableClock,
  postJson,
  type RunningApp,
  startApp,
} from '../support/app.ts';
import { ReplayServer } from '../support/replay-server.ts';
import { reaching, signupController, signUp, solve } from '../support/signup.ts';
import { readableStandby } from '../support/standby.ts';
import { type Point, Telemetry, tracedRequests } from './support/telemetry.ts';

const KEY = 'AbCd1234EfGh5678';

let emulator: NaverCaptchaEmulator;
let telemetry: Telemetry;

beforeAll(() => {
  telemetry = new Telemetry();
});

afterAll(() => telemetry[Symbol.asyncDispose]());

beforeEach(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 8, dailyQuota: 1_000_000 });
  telemetry.takeSpans();
  await telemetry.takeMetrics();
});

afterEach(() => emulator.close());

interface TelemetrySetup extends AppSetup {
  readonly options?: NaverCaptchaModuleOptions;
  readonly require?: RequireCaptchaOptions;
}

/** An application with the routes and a protected sign-up, whose requests are traced. */
function start({ options, require, ...setup }: TelemetrySetup = {}): Promise<RunningApp> {
  return startApp({
    imports: [NaverCaptchaModule.forRoot({ ...reaching(emulator), routes: true, ...options })],
    controllers: [signupController(require)],
    providers: [CaptchaTelemetry],
    configure: (app: INestApplication) => app.use(tracedRequests),
    ...setup,
  });
}

async function failing(work: Promise<unknown>): Promise<void> {
  await expect(work).rejects.toThrow();
}

/** So many outages in a row as open a breaker. */
async function breakIssuing(app: RunningApp): Promise<void> {
  emulator.failNext({ fault: 'system-error', call: 'issue', times: 5 });
  for (let time = 0; time < 3; time += 1) await failing(app.get(NaverCaptchaService).createChallenge());
}

/** The parts of a span that a test compares. */
function told({ name, kind, status, attributes }: ReadableSpan): unknown {
  return { name, kind, status: status.code, attributes };
}

function one(points: Point[] | undefined, attributes: Record<string, unknown>): Point['value'] | undefined {
  const matching = (points ?? []).filter((point) => inspect(point.attributes) === inspect(attributes));
  expect(matching.length).toBeLessThan(2);
  return matching[0]?.value;
}

describe.each(ADAPTERS)('spans of calls to NAVER on %s', (adapter) => {
  it('are below the span of the request that caused them, one for each call', async () => {
    await using app = await start({ adapter });
    const { body } = await postJson(`${app.url}/captcha`, {});
    const { key } = body as { key: string };
    await (await fetch(`${app.url}/captcha/media?${new URLSearchParams({ key }).toString()}`)).arrayBuffer();
    const [newest] = emulator.keys;
    const reply = await signUp(app, { captchaKey: key, captchaValue: newest?.answer });
    expect(reply.status).toBe(200);

    const spans = telemetry.takeSpans();
    const requests = new Map(spans.map((span) => [span.spanContext().spanId, span.name.split('?')[0]]));
    const calls = spans.filter(({ kind }) => kind === SpanKind.CLIENT);
    expect(
      calls.map(({ name, parentSpanContext }) => [name, requests.get(parentSpanContext?.spanId ?? '')]),
    ).toEqual([
      ['naver.captcha issue', 'request /captcha'],
      // Ahead of the page's own request for it.
      ['naver.captcha fetch', 'request /captcha'],
      ['naver.captcha compare', 'request /signup'],
    ]);
    const { hostname, port } = new URL(emulator.url);
    expect(calls.map(told)).toEqual(
      ['issue', 'fetch', 'compare'].map((operation) => ({
        name: `naver.captcha ${operation}`,
        kind: SpanKind.CLIENT,
        status: SpanStatusCode.UNSET,
        attributes: {
          'naver.captcha.operation': operation,
          'naver.captcha.kind': 'image',
          'naver.captcha.platform': 'developers',
          'http.request.method': 'GET',
          'http.response.status_code': 200,
          'server.address': hostname,
          'server.port': Number(port),
        },
      })),
    );
  });

  it('are made for each try of a call that is retried, and fail where NAVER fails', async () => {
    await using app = await start({ adapter });
    emulator.failNext({ fault: 'system-error' });

    expect((await postJson(`${app.url}/captcha`, {})).status).toBe(201);

    const spans = telemetry.takeSpans();
    const request = spans.find(({ kind }) => kind === SpanKind.SERVER);
    const calls = spans.filter(({ name }) => name === 'naver.captcha issue');
    expect(calls.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([
      request?.spanContext().spanId,
      request?.spanContext().spanId,
    ]);
    expect(calls.map(told)).toMatchObject([
      {
        status: SpanStatusCode.ERROR,
        attributes: { 'http.response.status_code': 500, 'error.type': 'CAPTCHA_UNAVAILABLE' },
      },
      { status: SpanStatusCode.UNSET, attributes: { 'http.response.status_code': 200 } },
    ]);
  });
});

describe('a span of a call', () => {
  it('is no failure where NAVER says no, or does not know the key', async () => {
    await using app = await start();
    const answer = await solve(app, emulator);
    expect((await signUp(app, { ...answer, captchaValue: 'wrong' })).status).toBe(400);
    await failing(app.get(NaverCaptchaClient).fetchMedia('image', KEY));

    const calls = telemetry.takeCalls().slice(-2);
    expect(calls.map(told)).toMatchObject([
      { name: 'naver.captcha compare', status: SpanStatusCode.UNSET },
      {
        name: 'naver.captcha fetch',
        status: SpanStatusCode.UNSET,
        attributes: { 'http.response.status_code': 403 },
      },
    ]);
    for (const { attributes } of calls) expect(attributes).not.toHaveProperty(['error.type']);
  });

  it.each([
    ['unauthorized', 401, 'CAPTCHA_MISCONFIGURED'],
    ['quota', 429, 'CAPTCHA_QUOTA_EXCEEDED'],
    ['reset-before-headers', undefined, 'CAPTCHA_UNAVAILABLE'],
  ] as const)('is a failure where NAVER answers %s', async (fault, status, code) => {
    await using app = await start();
    emulator.failNext({ fault, times: 2 });
    await failing(app.get(NaverCaptchaService).createChallenge());

    const [call] = telemetry.takeCalls();
    expect(call?.status.code).toBe(SpanStatusCode.ERROR);
    expect(call?.attributes['error.type']).toBe(code);
    expect(call?.attributes['http.response.status_code']).toBe(status);
  });

  it('is as long as NAVER took, without the store', async () => {
    const clock = new MovableClock();
    const store = new MemoryCaptchaStore({ clock });
    const slow: CaptchaStore = {
      take: (...given) => {
        clock.advance(2000);
        return store.take(...given);
      },
      release: (key) => store.release(key),
      get: (key) => store.get(key),
      set: (...given) => store.set(...given),
      delete: (key) => store.delete(key),
    };
    await using naver = await ReplayServer.start((response) => {
      clock.advance(250);
      response.end(JSON.stringify({ key: KEY }));
    });
    await using app = await start({ clock, options: { baseUrl: naver.url, store: slow } });
    await app.get(NaverCaptchaService).createChallenge();

    const [call] = telemetry.takeCalls();
    const [seconds = NaN, nanoseconds = NaN] = call?.duration ?? [];
    expect(seconds).toBe(0);
    expect(nanoseconds).toBeGreaterThanOrEqual(250e6);
    const { 'naver.captcha.call.duration s': durations } = await telemetry.takeMetrics();
    expect(durations).toEqual([
      {
        attributes: {
          'naver.captcha.operation': 'issue',
          'naver.captcha.kind': 'image',
          'http.response.status_code': 200,
        },
        value: { count: 1, sum: 0.25 },
      },
    ]);
  });

  it.each(['quota', 'breaker'] as const)('is not made where the %s refuses the call', async (gate) => {
    await using app = await start({ options: gate === 'quota' ? { dailyQuota: 2 } : {} });
    if (gate === 'quota') await app.get(NaverCaptchaService).createChallenge();
    else await breakIssuing(app);
    telemetry.takeSpans();
    await telemetry.takeMetrics();
    const { length } = emulator.requests;

    // The client itself: the service would know better than to ask.
    await failing(app.get(NaverCaptchaClient).issueKey('image'));

    expect(emulator.requests).toHaveLength(length);
    expect(telemetry.takeCalls()).toEqual([]);
    const counted = await telemetry.takeMetrics();
    expect(counted).not.toHaveProperty(['naver.captcha.call.duration s']);
    expect(counted['naver.captcha.call.refused {call}']).toEqual([
      {
        attributes: {
          'naver.captcha.operation': 'issue',
          'naver.captcha.kind': 'image',
          'error.type': gate === 'quota' ? 'CAPTCHA_QUOTA_EXCEEDED' : 'CAPTCHA_UNAVAILABLE',
        },
        value: 1,
      },
    ]);
  });
});

describe('metrics', () => {
  it('count challenges, verdicts and calls', async () => {
    await using app = await start({ require: { action: 'signup' } });
    const right = await solve(app, emulator, { action: 'signup' });
    const wrong = await solve(app, emulator, { action: 'signup' });
    await signUp(app, right);
    await signUp(app, { ...wrong, captchaValue: 'wrong' });
    await signUp(app, { captchaKey: 'A'.repeat(91), captchaValue: 'ABCDE' });

    const counted = await telemetry.takeMetrics();
    const ofNaver = { 'naver.captcha.kind': 'image', 'naver.captcha.engine': 'naver' };
    const calm = { 'naver.captcha.pressure': 'calm' };
    expect(counted['naver.captcha.challenges {challenge}']).toEqual([
      { attributes: { ...ofNaver, ...calm, 'naver.captcha.price': 0 }, value: 2 },
    ]);
    const verdicts = ['passed', 'wrong', 'forged'].map((verdict) => ({
      'naver.captcha.verdict': verdict,
      ...(verdict === 'forged' ? {} : { ...ofNaver, ...calm }),
      'naver.captcha.action': 'signup',
    }));
    expect(counted['naver.captcha.verdicts {verdict}']).toEqual(
      verdicts.map((attributes) => ({ attributes, value: 1 })),
    );
    expect(counted['naver.captcha.verdict.duration s']).toEqual(
      verdicts.map((attributes) => ({ attributes, value: { count: 1, sum: 0 } })),
    );
    const calls = counted['naver.captcha.call.duration s'] ?? [];
    expect(calls.map(({ attributes, value }) => [attributes['naver.captcha.operation'], value])).toEqual([
      ['issue', { count: 2, sum: 0 }],
      ['fetch', { count: 2, sum: 0 }],
      ['compare', { count: 2, sum: 0 }],
    ]);
  });

  it('count tolls by their level', async () => {
    await using app = await start();
    const service = app.get(NaverCaptchaService);
    const ask = service.createChallenge({ by: '203.0.113.9', toll: true, pressure: 'high' });
    await expect(ask).rejects.toMatchObject({ code: 'CAPTCHA_WORK_REQUIRED' });

    expect((await telemetry.takeMetrics())['naver.captcha.tolls {toll}']).toEqual([
      { attributes: { 'naver.captcha.pressure': 'high', 'naver.captcha.price': 3 }, value: 1 },
    ]);
  });

  it('tell the challenges of the standby apart, and count when it takes over', async () => {
    await using app = await start({ options: { standby: readableStandby() } });
    emulator.failNext({ fault: 'quota', call: 'issue' });
    const service = app.get(NaverCaptchaService);
    const { key } = await service.createChallenge();
    await service.verify({ key, value: 'WRONG' });

    const counted = await telemetry.takeMetrics();
    const standby = { 'naver.captcha.kind': 'image', 'naver.captcha.engine': 'standby' };
    const calm = { 'naver.captcha.pressure': 'calm' };
    expect(counted['naver.captcha.challenges {challenge}']).toEqual([
      { attributes: { ...standby, ...calm, 'naver.captcha.price': 0 }, value: 1 },
    ]);
    expect(counted['naver.captcha.verdicts {verdict}']).toEqual([
      { attributes: { ...standby, ...calm, 'naver.captcha.verdict': 'wrong' }, value: 1 },
    ]);
    expect(counted['naver.captcha.engine.changes {change}']).toEqual([
      { attributes: { ...standby, 'error.type': 'CAPTCHA_QUOTA_EXCEEDED' }, value: 1 },
    ]);
  });

  it('count changes of the breaker, and requests let through meanwhile', async () => {
    await using app = await start({ options: { onUnavailable: 'allow' }, require: { action: 'signup' } });
    const answer = await solve(app, emulator, { action: 'signup' });
    emulator.failNext({ fault: 'system-error', call: 'compare' });
    expect((await signUp(app, answer)).status).toBe(200);
    await breakIssuing(app);
    app.clock.advance(10_000);
    await app.get(NaverCaptchaService).createChallenge();

    const counted = await telemetry.takeMetrics();
    expect(counted['naver.captcha.allowed {request}']).toEqual([
      {
        attributes: {
          'error.type': 'CAPTCHA_UNAVAILABLE',
          'naver.captcha.kind': 'image',
          'naver.captcha.action': 'signup',
        },
        value: 1,
      },
    ]);
    expect(counted['naver.captcha.breaker.changes {change}']).toEqual(
      ['open', 'half-open', 'closed'].map((state) => ({
        attributes: { 'naver.captcha.operation': 'issue', 'naver.captcha.breaker.state': state },
        value: 1,
      })),
    );
    expect(counted).not.toHaveProperty(['naver.captcha.verdicts {verdict}']);
  });

  it('never get an attribute out of what a browser makes up', async () => {
    await using app = await start({ options: { issueLimit: false }, require: { action: 'signup' } });
    for (let time = 0; time < 20; time += 1) {
      const { body } = await postJson(`${app.url}/captcha`, { action: `made-up-${time}` });
      await signUp(app, { captchaKey: (body as { key: string }).key, captchaValue: 'ABCDE' });
    }

    const counted = await telemetry.takeMetrics();
    expect(counted['naver.captcha.verdicts {verdict}']).toEqual([expect.objectContaining({ value: 20 })]);
    expect(inspect([counted, telemetry.takeCalls().map(told)], { depth: 10 })).not.toContain('made-up');
  });

  it('are never negative, should the clock go back', async () => {
    const clock = new MovableClock();
    await using naver = await ReplayServer.start((response) => {
      clock.advance(-5000);
      response.end(JSON.stringify({ key: KEY }));
    });
    await using app = await start({ clock, options: { baseUrl: naver.url } });
    await app.get(NaverCaptchaService).createChallenge();

    const { 'naver.captcha.call.duration s': durations } = await telemetry.takeMetrics();
    expect(durations?.[0]?.value).toEqual({ count: 1, sum: 0 });
    expect(telemetry.takeCalls()[0]?.duration[0]).toBe(0);
  });
});

describe('the quota', () => {
  const image = { 'naver.captcha.kind': 'image' };
  const audio = { 'naver.captcha.kind': 'audio' };

  it('is reported for each kind, and the store is asked only when metrics are collected', async () => {
    const asked: string[] = [];
    class WatchedStore extends MemoryCaptchaStore {
      override get(key: string): Promise<number> {
        asked.push(key);
        return super.get(key);
      }
    }
    await using app = await start({ options: { store: new WatchedStore(), dailyQuota: 100 } });
    await signUp(app, await solve(app, emulator));
    const before = asked.filter((key) => key.startsWith('quota:'));
    expect(before).toEqual([]);

    const counted = await telemetry.takeMetrics();

    expect(counted['naver.captcha.quota.used {call}']).toEqual([
      { attributes: image, value: 2 },
      { attributes: audio, value: 0 },
    ]);
    expect(counted['naver.captcha.quota.limit {call}']).toEqual([
      { attributes: image, value: 100 },
      { attributes: audio, value: 100 },
    ]);
    expect(counted['naver.captcha.quota.left {challenge}']).toEqual([
      { attributes: image, value: 49 },
      { attributes: audio, value: 50 },
    ]);
    expect(asked.filter((key) => key.startsWith('quota:'))).toHaveLength(2);
  });

  it('has no limit where there is none', async () => {
    await using app = await start({ options: { platform: 'ncloud', dailyQuota: Infinity } });
    await app.get(NaverCaptchaService).createChallenge();

    const counted = await telemetry.takeMetrics();
    expect(one(counted['naver.captcha.quota.used {call}'], image)).toBe(2);
    expect(counted).not.toHaveProperty(['naver.captcha.quota.limit {call}']);
    expect(counted).not.toHaveProperty(['naver.captcha.quota.left {challenge}']);
  });

  it('is absent while the store fails, and everything else is reported', async () => {
    const dead = (): Promise<never> => Promise.reject(new Error('gone'));
    const store: CaptchaStore = { take: dead, release: dead, get: dead, set: dead, delete: dead };
    await using app = await start({ options: { store } });
    await failing(app.get(NaverCaptchaClient).issueKey('image'));
    const complaints: unknown[] = [];
    const complain = (...line: unknown[]): void => void complaints.push(line);
    const ignore = (): void => undefined;
    diag.setLogger({ error: complain, warn: complain, info: ignore, debug: ignore, verbose: ignore });

    expect(Object.keys(await telemetry.takeMetrics())).toEqual(['naver.captcha.call.refused {call}']);
    diag.disable();
    // The SDK would print what was thrown, and all that hangs on it.
    expect(complaints).toEqual([]);
  });
});

describe('what is recorded', () => {
  it('contains no secret, key or answer in any case', async () => {
    const hidden: string[] = [emulator.clientSecret, emulator.clientId];
    const recorded: unknown[] = [];
    for (const fault of ['system-error', 'unauthorized', 'quota', 'html', 'reset-after-headers'] as const) {
      await using app = await start();
      for (const kind of ['image', 'audio'] satisfies CaptchaMediaKind[]) {
        const answers = [await solve(app, emulator, { kind }), await solve(app, emulator, { kind })];
        hidden.push(...answers.flatMap(({ captchaKey, captchaValue }) => [captchaKey, captchaValue]));
        await signUp(app, answers[0]);
        emulator.failNext({ fault, call: 'compare' });
        await signUp(app, answers[1]);
        emulator.clearFaults();
      }
      hidden.push(...emulator.keys.map(({ key }) => key));
      recorded.push(telemetry.takeCalls(), await telemetry.takeMetrics());
    }

    const text = inspect(recorded, { depth: 12, maxArrayLength: null, showHidden: true });
    expect(text).toContain('CAPTCHA_MISCONFIGURED');
    for (const each of hidden) expect(text).not.toContain(each);
  });
});

describe('its place', () => {
  it('may be a module with captchas of its own', async () => {
    @Module({
      imports: [NaverCaptchaModule.forRoot({ ...reaching(emulator), isGlobal: false })],
      providers: [CaptchaTelemetry],
    })
    class ShopModule {}
    await using app = await startApp({ imports: [ShopModule] });
    await app.get(NaverCaptchaService).createChallenge();

    expect(telemetry.takeCalls()).toHaveLength(1);
    expect(
      one((await telemetry.takeMetrics())['naver.captcha.quota.used {call}'], {
        'naver.captcha.kind': 'image',
      }),
    ).toBe(2);
  });

  it('reports nothing after the application has closed', async () => {
    const app = await start();
    const client = app.get(NaverCaptchaClient);
    await app.app.close();
    await failing(client.issueKey('image'));

    expect(telemetry.takeCalls()).toEqual([]);
    expect(await telemetry.takeMetrics()).toEqual({});
  });
});
