import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Inject } from '@nestjs/common';
import { HealthCheck, type HealthCheckResult, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import {
  type EmulatorRequest,
  type NaverCaptchaEmulator,
  startNaverCaptchaEmulator,
} from 'naver-captcha-emulator';
import {
  type CaptchaMediaKind,
  type CaptchaStore,
  NaverCaptchaClient,
  NaverCaptchaModule,
  type NaverCaptchaModuleOptions,
  NaverCaptchaService,
} from 'nestjs-naver-captcha';
import { type CaptchaHealth, CaptchaHealthIndicator } from 'nestjs-naver-captcha/terminus';

import { ADAPTERS, type AppSetup, type RunningApp, startApp } from '../support/app.ts';
import { ReplayServer } from '../support/replay-server.ts';
import { CLIENT_ID, CLIENT_SECRET } from '../support/replayed-app.ts';
import { reaching, signupController, signUp, solve } from '../support/signup.ts';
import { readableStandby } from '../support/standby.ts';

const MINUTE_MS = 60_000;
const FIRST_PAUSE_MS = 10_000;
/** Long enough for a busy machine to answer, short enough to wait for if no answer comes. */
const TIMEOUT_MS = 1500;

let emulator: NaverCaptchaEmulator;

beforeEach(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 7, dailyQuota: 1_000_000 });
});

afterEach(() => emulator.close());

interface HealthSetup extends AppSetup {
  readonly options?: NaverCaptchaModuleOptions;
  readonly kinds?: readonly CaptchaMediaKind[];
}

/** An application with a protected sign-up and a health endpoint. */
function start({ options, kinds, ...setup }: HealthSetup = {}): Promise<RunningApp> {
  @Controller('health')
  class HealthController {
    constructor(
      @Inject(HealthCheckService) private readonly health: HealthCheckService,
      @Inject(CaptchaHealthIndicator) private readonly captcha: CaptchaHealthIndicator,
    ) {}

    @Get()
    @HealthCheck()
    check(): Promise<HealthCheckResult> {
      return this.health.check([() => this.captcha.isHealthy('captcha', { kinds })]);
    }
  }

  return startApp({
    imports: [
      NaverCaptchaModule.forRoot({ ...reaching(emulator), timeoutMs: TIMEOUT_MS, ...options }),
      TerminusModule.forRoot({ logger: false }),
    ],
    controllers: [HealthController, signupController()],
    providers: [CaptchaHealthIndicator],
    ...setup,
  });
}

interface Health extends CaptchaHealth {
  readonly httpStatus: number;
}

async function healthOf({ url }: RunningApp): Promise<Health> {
  const reply = await fetch(`${url}/health`);
  const { details } = (await reply.json()) as { details: { captcha: CaptchaHealth } };
  return { httpStatus: reply.status, ...details.captcha };
}

function callsOf(requests: readonly EmulatorRequest[]): unknown[] {
  return requests.map(({ kind, call, status }) => `${call ?? '?'} ${kind ?? '?'} ${String(status)}`);
}

/** So many outages in a row as open a breaker. */
async function breakIssuing(app: RunningApp): Promise<void> {
  emulator.failNext({ fault: 'system-error', call: 'issue', times: 5 });
  for (let time = 0; time < 3; time += 1) {
    await expect(app.get(NaverCaptchaService).createChallenge()).rejects.toThrow();
  }
}

const ALL_CLOSED = { issue: 'closed', fetch: 'closed', compare: 'closed' };

describe.each(ADAPTERS)('a health endpoint on %s', (adapter) => {
  it('is up, and shows credentials, breakers and quota', async () => {
    await using app = await start({ adapter });
    await signUp(app, await solve(app, emulator));

    expect(await healthOf(app)).toEqual({
      httpStatus: 200,
      status: 'up',
      problems: [],
      credentials: { image: 'accepted', audio: 'unknown' },
      breakers: ALL_CLOSED,
      quota: {
        image: { used: 2, limit: 1000, left: 499 },
        audio: { used: 0, limit: 1000, left: 500 },
      },
    });
  });

  it('answers 503 if the captcha is down', async () => {
    await using app = await start({ adapter, options: { clientSecret: 'another-secret' } });

    expect(await healthOf(app)).toMatchObject({
      httpStatus: 503,
      status: 'down',
      problems: ['credentials-refused'],
      credentials: { image: 'refused' },
    });
  });
});

describe('with a standby', () => {
  const standby = readableStandby();

  it.each([
    ['credentials-refused', { fault: 'unauthorized', times: 9 }],
    ['quota-used-up', { fault: 'quota', call: 'issue' }],
    ['breaker-open', { fault: 'system-error', times: 6, call: 'issue' }],
  ] as const)('is up and degraded, and says why: %s', async (problem, fault) => {
    await using app = await start({ options: { standby } });
    emulator.failNext(fault);
    for (let time = 0; time < 3; time += 1) await app.get(NaverCaptchaService).createChallenge();

    expect(await healthOf(app)).toMatchObject({
      httpStatus: 200,
      status: 'up',
      degraded: true,
      problems: [problem],
    });
  });

  it('is up and not degraded while NAVER serves visitors', async () => {
    await using app = await start({ options: { standby } });

    const health = await healthOf(app);

    expect(health).toMatchObject({ status: 'up', problems: [] });
    expect(health).not.toHaveProperty('degraded');
  });

  it('is down if the store fails', async () => {
    const fail = (): Promise<never> => Promise.reject(new Error('no store'));
    const store: CaptchaStore = { take: fail, release: fail, get: fail, set: fail, delete: fail };
    await using app = await start({ options: { standby, store } });

    expect(await healthOf(app)).toMatchObject({ status: 'down', problems: ['store-unavailable'] });
  });

  it('is up without NAVER, which is not asked', async () => {
    const signingSecret = 'a signing secret of more than 32 characters';
    await using app = await start({ options: { engines: ['standby'], standby, signingSecret } });

    expect(await healthOf(app)).toMatchObject({ status: 'up', problems: [] });
    expect(emulator.requests).toHaveLength(0);
  });
});

describe('the credentials', () => {
  it('are known from people’s own calls, which makes the health free', async () => {
    await using app = await start();
    await app.get(NaverCaptchaService).createChallenge();
    const { length } = emulator.requests;

    for (let time = 0; time < 4; time += 1) {
      expect((await healthOf(app)).credentials.image).toBe('accepted');
      app.clock.advance(MINUTE_MS);
    }

    expect(emulator.requests).toHaveLength(length);
  });

  it('are asked about by one call that costs no quota, however many ask at once', async () => {
    await using app = await start();

    const healths = await Promise.all(Array.from({ length: 20 }, () => healthOf(app)));

    expect(new Set(healths.map(({ credentials }) => credentials.image))).toEqual(new Set(['accepted']));
    expect(callsOf(emulator.requests)).toEqual(['fetch image 403']);
    expect(healths[0]?.quota?.image.used).toBe(0);
  });

  it('are asked about again only after five minutes without a call', async () => {
    await using app = await start();
    const asked: number[] = [];
    for (let minute = 0; minute < 11; minute += 1) {
      await healthOf(app);
      asked.push(emulator.requests.length);
      app.clock.advance(MINUTE_MS);
    }
    expect(asked).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3]);
  });

  it('are asked about for the kinds that are needed, each apart', async () => {
    emulator.failNext({ fault: 'not-ticked', kind: 'audio' });
    await using app = await start({ kinds: ['image', 'audio'] });

    expect(await healthOf(app)).toMatchObject({
      status: 'down',
      credentials: { image: 'accepted', audio: 'refused' },
    });
    expect(emulator.requests).toHaveLength(2);
  });

  it('may be refused for a kind that is not needed', async () => {
    await using app = await start();
    emulator.failNext({ fault: 'not-ticked', kind: 'audio' });
    await expect(app.get(NaverCaptchaService).createChallenge({ kind: 'audio' })).rejects.toThrow();

    expect(await healthOf(app)).toMatchObject({
      status: 'up',
      credentials: { image: 'accepted', audio: 'refused' },
    });
  });

  it('once refused, stay so until NAVER is asked again, and mend by themselves', async () => {
    await using app = await start();
    emulator.failNext({ fault: 'unauthorized' });

    expect(await healthOf(app)).toMatchObject({ status: 'down', credentials: { image: 'refused' } });
    app.clock.advance(MINUTE_MS - 1);
    expect(await healthOf(app)).toMatchObject({ status: 'down', credentials: { image: 'refused' } });
    expect(emulator.requests).toHaveLength(1);

    app.clock.advance(1);
    expect(await healthOf(app)).toMatchObject({ status: 'up', credentials: { image: 'accepted' } });
  });

  it('stay refused through an outage, which shows nothing of them', async () => {
    await using app = await start();
    emulator.failNext({ fault: 'unauthorized' });
    await healthOf(app);
    emulator.failNext({ fault: 'system-error', times: 2 });
    app.clock.advance(MINUTE_MS);

    expect(await healthOf(app)).toMatchObject({ status: 'down', credentials: { image: 'refused' } });
  });

  it('are shown refused by a call of a person’s at once', async () => {
    await using app = await start();
    expect((await healthOf(app)).status).toBe('up');
    emulator.failNext({ fault: 'unauthorized' });
    await expect(app.get(NaverCaptchaService).createChallenge()).rejects.toThrow();

    expect(await healthOf(app)).toMatchObject({ status: 'down', problems: ['credentials-refused'] });
  });

  it('survive a clock that goes back', async () => {
    await using app = await start();
    await healthOf(app);
    app.clock.advance(-24 * 60 * MINUTE_MS);

    expect(await healthOf(app)).toMatchObject({ status: 'up', credentials: { image: 'accepted' } });
    expect(emulator.requests).toHaveLength(1);
  });
});

describe.each(['ncloud', 'ncloud-gov', 'ncloud-fin'] as const)('the credentials on %s', (platform) => {
  // There pictures and sounds are served without credentials (observed).
  const options = { platform, dailyQuota: 1000 };

  it('are unknown, and not accepted, as long as only pictures were fetched', async () => {
    await using app = await start({ options });
    expect(await healthOf(app)).toMatchObject({ status: 'up', credentials: { image: 'unknown' } });

    await solve(app, emulator);
    expect(await healthOf(app)).toMatchObject({ status: 'up', credentials: { image: 'accepted' } });
  });

  it('stay refused though a picture was fetched', async () => {
    await using app = await start({ options });
    emulator.failNext({ fault: 'unauthorized', call: 'issue' });
    await expect(app.get(NaverCaptchaService).createChallenge()).rejects.toThrow();

    expect(await healthOf(app)).toMatchObject({ status: 'down', problems: ['credentials-refused'] });
  });
});

describe('an outage', () => {
  it('leaves the credentials unknown and the captcha up, asked about once a minute', async () => {
    emulator.failNext({ fault: 'system-error', times: 2 });
    await using app = await start();

    for (let time = 0; time < 2; time += 1) {
      expect(await healthOf(app)).toMatchObject({
        httpStatus: 200,
        status: 'up',
        credentials: { image: 'unknown' },
        breakers: ALL_CLOSED,
      });
    }
    // The call and its retry.
    expect(emulator.requests).toHaveLength(2);

    app.clock.advance(MINUTE_MS);
    expect((await healthOf(app)).credentials.image).toBe('accepted');
  });

  it('that is silence ends the check at the deadline, for all who wait', async () => {
    await using silent = await ReplayServer.start(() => undefined);
    await using app = await start({
      options: {
        baseUrl: silent.url,
        clientId: CLIENT_ID,
        clientSecret: CLIENT_SECRET,
        timeoutMs: 200,
      },
    });

    const healths = await Promise.all(Array.from({ length: 20 }, () => healthOf(app)));

    expect(new Set(healths.map(({ status }) => status))).toEqual(new Set(['up']));
    expect(new Set(healths.map(({ credentials }) => credentials.image))).toEqual(new Set(['unknown']));
    expect(silent.requests).toHaveLength(1);
  });

  it('that goes on is down while the breaker is open, half-open when it may try, and up again after', async () => {
    await using app = await start();
    await breakIssuing(app);

    expect(await healthOf(app)).toMatchObject({
      httpStatus: 503,
      status: 'down',
      problems: ['breaker-open'],
      breakers: { ...ALL_CLOSED, issue: 'open' },
    });

    // No call was made yet. If this were still down, an instance out of service would never notice NAVER's recovery.
    app.clock.advance(FIRST_PAUSE_MS);
    expect(await healthOf(app)).toMatchObject({
      httpStatus: 200,
      status: 'up',
      breakers: { ...ALL_CLOSED, issue: 'half-open' },
    });

    await app.get(NaverCaptchaService).createChallenge();
    expect(await healthOf(app)).toMatchObject({ status: 'up', breakers: ALL_CLOSED });
  });

  it('shows a breaker on trial: neither open nor closed', async () => {
    await using naver = await ReplayServer.start({ status: 500 });
    await using app = await start({ options: { baseUrl: naver.url } });
    const client = app.get(NaverCaptchaClient);
    for (let time = 0; time < 5; time += 1)
      await expect(client.compare('image', 'K'.repeat(16), 'A')).rejects.toThrow();
    expect((await healthOf(app)).breakers.compare).toBe('open');

    app.clock.advance(FIRST_PAUSE_MS);
    naver.take();
    naver.say(() => undefined);
    const trying = client.compare('image', 'K'.repeat(16), 'A').catch(() => undefined);
    await naver.until(({ requests }) => requests.length === 1);
    naver.say({ status: 403, body: '{"errorCode":"CT001"}' });

    expect(await healthOf(app)).toMatchObject({ status: 'up', breakers: { compare: 'half-open' } });
    await trying;
    expect(await healthOf(app)).toMatchObject({ status: 'down', breakers: { compare: 'open' } });
  });

  it('is told also where the quota of the other kind refuses before the breaker does', async () => {
    await using app = await start({ kinds: ['audio'], options: { dailyQuota: 6 } });
    await breakIssuing(app);

    expect(await healthOf(app)).toMatchObject({
      problems: ['breaker-open'],
      quota: { image: { left: 0 } },
    });
  });
});

describe('the quota', () => {
  const options = { dailyQuota: 10 };

  async function use(app: RunningApp, kind: CaptchaMediaKind, times: number): Promise<void> {
    for (let time = 0; time < times; time += 1) await app.get(NaverCaptchaService).createChallenge({ kind });
  }

  it('that is low is shown, and up', async () => {
    await using app = await start({ options });
    await use(app, 'image', 4);

    expect(await healthOf(app)).toMatchObject({
      status: 'up',
      quota: { image: { used: 8, limit: 10, left: 1 } },
    });
  });

  it('with no challenge left is down until midnight in Korea', async () => {
    await using app = await start({ options });
    await use(app, 'image', 5);

    expect(await healthOf(app)).toMatchObject({
      httpStatus: 503,
      status: 'down',
      problems: ['quota-used-up'],
      quota: { image: { used: 10, limit: 10, left: 0 } },
    });

    app.clock.advance(12 * 60 * MINUTE_MS);
    expect(await healthOf(app)).toMatchObject({ status: 'up', quota: { image: { used: 0, left: 5 } } });
  });

  it('of a kind that is not needed may be used up', async () => {
    await using app = await start({ options });
    await use(app, 'audio', 5);

    expect(await healthOf(app)).toMatchObject({ status: 'up', quota: { audio: { left: 0 } } });
  });

  it('that NAVER closes is down, also where the application has no limit of its own', async () => {
    emulator.failNext({ fault: 'quota', call: 'issue' });
    await using app = await start({ options: { platform: 'ncloud', dailyQuota: Infinity } });
    expect((await healthOf(app)).quota).toEqual({ image: { used: 0 }, audio: { used: 0 } });
    await expect(app.get(NaverCaptchaService).createChallenge()).rejects.toThrow();

    expect(await healthOf(app)).toMatchObject({
      status: 'down',
      problems: ['quota-used-up'],
      quota: { image: { used: 1, left: 0 } },
    });
  });
});

describe('the store', () => {
  it('that fails is down, and the rest is shown', async () => {
    const dead = (): Promise<never> => Promise.reject(new Error(`gone with ${CLIENT_SECRET}`));
    const store: CaptchaStore = { take: dead, release: dead, get: dead, set: dead, delete: dead };
    await using app = await start({ options: { store } });

    expect(await healthOf(app)).toEqual({
      httpStatus: 503,
      status: 'down',
      problems: ['store-unavailable'],
      credentials: { image: 'accepted', audio: 'unknown' },
      breakers: ALL_CLOSED,
    });
  });
});

describe('what is shown', () => {
  it('holds no secret, key or answer', async () => {
    await using app = await start({ options: { clientSecret: 'another-secret' }, kinds: ['image', 'audio'] });
    const text = await (await fetch(`${app.url}/health`)).text();

    expect(text).toContain('refused');
    for (const secret of ['another-secret', emulator.clientId]) expect(text).not.toContain(secret);
  });
});

describe('its place', () => {
  it('may be a module with captchas of its own, beside others', async () => {
    await using app = await startApp({
      imports: [
        NaverCaptchaModule.forRoot({ ...reaching(emulator), clientSecret: 'wrong', isGlobal: false }),
      ],
      providers: [CaptchaHealthIndicator],
    });

    expect(await app.get(CaptchaHealthIndicator).isHealthy('captcha')).toMatchObject({
      captcha: { status: 'down', credentials: { image: 'refused' } },
    });
  });

  it('listens no longer once the application has closed', async () => {
    const app = await start();
    const indicator = app.get(CaptchaHealthIndicator);
    const client = app.get(NaverCaptchaClient);
    await app.app.close();
    emulator.failNext({ fault: 'unauthorized' });
    await client.issueKey('image').catch(() => undefined);

    const { captcha } = await indicator.isHealthy('captcha', { kinds: [] });
    expect(captcha.credentials.image).toBe('unknown');
  });
});
