import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, type ExecutionContext, Inject, Post, Req, Res, type Type } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import {
  accountKey,
  addressKey,
  type CaptchaAfterFailures,
  type CaptchaFailureKey,
  MemoryCaptchaStore,
  NaverCaptchaModule,
  type NaverCaptchaModuleOptions,
  NaverCaptchaService,
  RequireCaptcha,
  type RequireCaptchaOptions,
} from 'nestjs-naver-captcha';

import { type Adapter, ADAPTERS, MovableClock, type RunningApp, startApp } from '../support/app.ts';
import { KeptLogs } from '../support/logs.ts';
import { reaching, solve } from '../support/signup.ts';

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 9, dailyQuota: 1_000_000 });
});

afterAll(() => emulator.close());

interface Login {
  readonly user?: string;
  readonly address?: string;
  /** What the application answers; it does not tell whether the password was right. */
  readonly status?: number;
  readonly location?: string;
}

interface LoginRequest {
  readonly body: Login;
}

interface LoginOptions extends Partial<CaptchaAfterFailures> {
  readonly skipIf?: RequireCaptchaOptions['skipIf'];
}

/** As in the README. */
function triesOf(context: ExecutionContext): CaptchaFailureKey[] {
  const { user = '', address = '' } = context.switchToHttp().getRequest<LoginRequest>().body;
  return [
    { key: `account:${accountKey(user)}`, clearOnSuccess: true },
    { key: `address:${addressKey(address)}` },
  ];
}

function loginController({ skipIf, ...afterFailures }: LoginOptions): Type {
  @Controller('login')
  class LoginController {
    constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

    @Post()
    @RequireCaptcha({ skipIf, afterFailures: { limit: 5, by: triesOf, ...afterFailures } })
    logIn(@Req() { body }: LoginRequest, @Res() response: object): void {
      const { httpAdapter } = this.host;
      const { status = 200, location } = body;
      if (location !== undefined) httpAdapter.setHeader(response, 'Location', location);
      httpAdapter.reply(response, 'done', status);
    }
  }
  return LoginController;
}

interface Setup extends LoginOptions {
  readonly adapter?: Adapter;
  readonly options?: NaverCaptchaModuleOptions;
  readonly clock?: MovableClock;
  readonly logger?: KeptLogs;
}

function start({
  adapter = 'express',
  options,
  clock,
  logger,
  ...afterFailures
}: Setup = {}): Promise<RunningApp> {
  return startApp({
    adapter,
    ...(clock === undefined ? {} : { clock }),
    ...(logger === undefined ? {} : { logger }),
    imports: [NaverCaptchaModule.forRoot({ ...reaching(emulator), ...options })],
    controllers: [loginController(afterFailures)],
  });
}

interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly code: unknown;
}

async function logIn({ url }: RunningApp, body: Login & object = {}): Promise<Told> {
  const reply = await fetch(`${url}/login`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: 'kim', address: '203.0.113.9', ...body }),
  });
  const text = await reply.text();
  const body_ = text.startsWith('{') ? (JSON.parse(text) as { code?: unknown }) : {};
  return { status: reply.status, headers: reply.headers, code: body_.code };
}

async function codesAfter(app: RunningApp, times: number, body: Login): Promise<unknown> {
  for (let time = 0; time < times; time += 1) await logIn(app, body);
  return (await logIn(app, body)).code;
}

it('a function of the decorator that throws is named in the log, with its route', async () => {
  const logger = new KeptLogs();
  const fail = (): never => {
    throw new TypeError('of a visitor');
  };
  await using app = await start({ logger, by: fail });
  await using other = await start({ logger, skipIf: fail });
  expect((await logIn(app)).code).toBe('CAPTCHA_MISSING');
  expect((await logIn(other)).code).toBeUndefined();

  expect(logger.of('warn')).toEqual([
    'warn afterFailures.by of LoginController.logIn threw TypeError, so visitors need a captcha at once. Fix the function.',
    'warn skipIf of LoginController.logIn threw TypeError, so visitors need a captcha. Fix the function.',
  ]);
});

describe('spellings of one account and addresses of one household share their tries', () => {
  it.each([
    ['upper case', 'KIM'],
    ['outer spaces', ' kim\t'],
    ['full-width letters', 'ｋｉｍ'],
    ['a zero-width space', 'k\u200bim'],
    ['a soft hyphen and a byte order mark', 'ki\u00adm\ufeff'],
    ['control characters', 'k\u0001im\u007f'],
    ['mathematical letters', '𝐤𝐢𝐦'],
    ['a Kelvin sign', '\u212aim'],
  ])('accountKey() unites a name with its spelling with %s', (_, spelling) => {
    expect(accountKey(spelling)).toBe('kim');
  });

  it('accountKey() unites composed and decomposed Hangul, and keeps different names apart', () => {
    expect(accountKey('홍길동'.normalize('NFD'))).toBe('홍길동');
    expect(accountKey('Straße')).toBe(accountKey('STRASSE'));
    expect(new Set(['kim', 'kim1', 'lim', 'k im', '홍길동', '홍길순'].map(accountKey)).size).toBe(6);
  });

  it.each([undefined, null, 7, {}, ['kim']])('accountKey(%j) is that of the empty name', (name) => {
    expect(accountKey(name)).toBe(accountKey(''));
  });

  it('accountKey() of a key is the key itself, for every character', () => {
    for (let code = 0; code <= 0x10ffff; code += 1) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const once = accountKey(`a${String.fromCodePoint(code)}b`);
      if (accountKey(once) !== once) throw new Error(`U+${code.toString(16)} has several keys`);
    }
  });

  it('one account gets 5 guesses however it is spelled, of 500 from other addresses', async () => {
    await using app = await start();
    const spellings = [
      'kim',
      'KIM',
      ' kim',
      'ｋim',
      'k\u200bim',
      'Kim ',
      'kiM',
      'kIM',
      '\u212aim',
      'ki\u00adm',
    ];
    const replies = [];
    for (let at = 0; at < 500; at += 1) {
      const address = `198.51.${Math.floor(at / 250)}.${at % 250}`;
      replies.push(await logIn(app, { user: spellings[at % 10] ?? '', address, status: 401 }));
    }

    expect(replies.filter(({ status }) => status === 401)).toHaveLength(5);
  });

  it('one /64 sprays 5 accounts, of 500', async () => {
    await using app = await start();
    const replies = [];
    for (let at = 0; at < 500; at += 1) {
      const address = `2001:db8:1:2::${at.toString(16)}`;
      replies.push(await logIn(app, { user: `user-${at}`, address, status: 401 }));
    }

    expect(replies.filter(({ status }) => status === 401)).toHaveLength(5);
  });
});

describe.each(ADAPTERS)('a response counts as a success only if it says so, on %s', (adapter) => {
  it.each([400, 401, 403, 404, 409, 422, 429, 500, 503])('%d is a failure', async (status) => {
    await using app = await start({ adapter });

    expect(await codesAfter(app, 5, { status })).toBe('CAPTCHA_MISSING');
  });

  it.each([200, 201, 204, 302, 303])('%d is none, and forgets those of the account', async (status) => {
    await using app = await start({ adapter });
    for (let time = 0; time < 4; time += 1) await logIn(app, { status: 401, address: `198.51.100.${time}` });

    expect(await codesAfter(app, 10, { status })).toBeUndefined();
    // The account starts afresh: four more failures are free.
    for (let time = 0; time < 4; time += 1) {
      const address = `198.51.100.${100 + time}`;
      expect((await logIn(app, { status: 401, address })).headers.get('x-captcha-required')).toBeNull();
    }
  });

  it('isFailure sees where a redirect leads', async () => {
    await using app = await start({
      adapter,
      isFailure: (_, { headers }) => headers.location === '/login?failed',
    });
    const [first, , , , fifth] = [
      await logIn(app, { status: 302, location: '/login?failed' }),
      await logIn(app, { status: 302, location: '/login?failed' }),
      await logIn(app, { status: 302, location: '/' }),
      await logIn(app, { status: 302, location: '/login?failed' }),
      await logIn(app, { status: 302, location: '/login?failed' }),
    ];

    expect(first.headers.get('x-captcha-required')).toBeNull();
    // Four of the address: the right one in between counts for nothing and forgets only the account's.
    expect(fifth.headers.get('x-captcha-required')).toBeNull();
    const last = await logIn(app, { status: 302, location: '/login?failed' });
    expect(last.headers.get('x-captcha-required')).toBe('1');
    expect((await logIn(app, { status: 302, location: '/' })).code).toBe('CAPTCHA_MISSING');
  });

  it('isFailure that takes the status alone goes on working; what it lets pass is no failure and no success', async () => {
    await using app = await start({ adapter, isFailure: (status) => status === 401 });
    for (let time = 0; time < 4; time += 1) await logIn(app, { status: 401, address: `198.51.100.${time}` });

    expect(await codesAfter(app, 10, { status: 422 })).toBeUndefined();
    expect((await logIn(app, { status: 401 })).headers.get('x-captcha-required')).toBe('1');
  });

  it('isFailure that throws is a failure', async () => {
    await using app = await start({
      adapter,
      isFailure: () => {
        throw new TypeError('no such header');
      },
    });

    expect(await codesAfter(app, 5, { status: 200 })).toBe('CAPTCHA_MISSING');
  });
});

describe('made-up names close no log-in', () => {
  const full = { maxEntries: 100 };

  it('an owner gets in with the right password although the memory store is full of failures', async () => {
    await using app = await start({ options: { store: new MemoryCaptchaStore(full) } });
    for (let at = 0; at < 300; at += 1) {
      await logIn(app, { user: `made-up-${at}`, address: `10.0.${at >> 8}.${at & 255}`, status: 401 });
    }

    expect(await logIn(app, { status: 200 })).toMatchObject({ status: 200 });
  });

  it('a store that counts no more demands a captcha, and the owner who solves it gets in', async () => {
    const store = new MemoryCaptchaStore();
    const take = store.take.bind(store);
    store.take = (name, limit) =>
      name.startsWith('failure:') ? Promise.reject(new Error('full')) : take(name, limit);
    await using app = await start({ options: { store } });

    expect(await logIn(app, { status: 200 })).toMatchObject({ status: 400, code: 'CAPTCHA_MISSING' });
    const answer = await solve(app, emulator);
    expect(await logIn(app, { status: 200, ...answer })).toMatchObject({ status: 200 });
  });
});

describe('an owner whose tries an attacker used up, on a day without quota', () => {
  const attacked = async (setup: Setup = {}): Promise<RunningApp> => {
    const app = await start({ options: { dailyQuota: 2 }, windowMs: 600_000, ...setup });
    const service = app.get(NaverCaptchaService);
    for (const kind of ['image', 'audio'] as const) await service.createChallenge({ kind });
    for (let time = 0; time < 5; time += 1) await logIn(app, { status: 401, address: `198.51.100.${time}` });
    return app;
  };

  it('is told when to come back: after windowMs and not at midnight', async () => {
    await using app = await attacked();

    const reply = await logIn(app, { status: 200 });

    expect(reply).toMatchObject({ status: 503, code: 'CAPTCHA_QUOTA_EXCEEDED' });
    expect(reply.headers.get('retry-after')).toBe('600');
  });

  it('gets in then', async () => {
    await using app = await attacked();
    app.clock.advance(600_000);

    expect(await logIn(app, { status: 200 })).toMatchObject({ status: 200 });
  });

  it('is asked for a captcha while challenges of one kind are left', async () => {
    await using app = await start({ options: { dailyQuota: 2 } });
    const service = app.get(NaverCaptchaService);
    await service.createChallenge();
    for (let time = 0; time < 5; time += 1) await logIn(app, { status: 401 });

    expect(await logIn(app, { status: 200 })).toMatchObject({ status: 400, code: 'CAPTCHA_MISSING' });
  });
});
