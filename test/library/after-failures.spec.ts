import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  BadRequestException,
  type CanActivate,
  Controller,
  type ExecutionContext,
  HttpCode,
  Injectable,
  type LoggerService,
  Post,
  type Type,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import {
  type CaptchaAfterFailures,
  type CaptchaOutcome,
  CaptchaResult,
  MemoryCaptchaStore,
  NaverCaptchaModule,
  NaverCaptchaService,
  RequireCaptcha,
} from 'nestjs-naver-captcha';

import {
  type Adapter,
  ADAPTERS,
  type JsonReply,
  MovableClock,
  postJson,
  type RunningApp,
  startApp,
} from '../support/app.ts';
import { reaching, solve } from '../support/signup.ts';

const MINUTE_MS = 60_000;

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 7, dailyQuota: 1_000_000 });
});

afterAll(() => emulator.close());

interface LoginBody {
  readonly user?: unknown;
  readonly password?: unknown;
  readonly address?: unknown;
}

/** As an application's own guard does: a wrong password is a 401 before any handler runs. */
@Injectable()
class PasswordGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { password } = context.switchToHttp().getRequest<{ body?: LoginBody }>().body ?? {};
    if (password === undefined) throw new BadRequestException('no password');
    if (password === 'crash') throw new Error('crash');
    if (password !== 'right') throw new UnauthorizedException('wrong password');
    return true;
  }
}

function keysOf(context: ExecutionContext): ReturnType<CaptchaAfterFailures['by']> {
  const { user, address = '10.0.0.1' } = context.switchToHttp().getRequest<{ body: LoginBody }>().body;
  return [
    { key: `account:${user as string}`, clearOnSuccess: true },
    { key: `address:${address as string}` },
  ];
}

function loginController(afterFailures: CaptchaAfterFailures): Type {
  @Controller('login')
  class LoginController {
    @Post()
    @HttpCode(200)
    @UseGuards(PasswordGuard)
    @RequireCaptcha({ afterFailures })
    logIn(@CaptchaResult() outcome: CaptchaOutcome): CaptchaOutcome {
      return outcome;
    }
  }
  return LoginController;
}

interface LoginSetup extends Partial<CaptchaAfterFailures> {
  readonly adapter?: Adapter;
  readonly store?: MemoryCaptchaStore;
  readonly clock?: MovableClock;
}

function start({ adapter = 'express', store, clock, ...given }: LoginSetup = {}): Promise<RunningApp> {
  const afterFailures = { limit: 3, windowMs: 10 * MINUTE_MS, by: keysOf, ...given };
  return startApp({
    adapter,
    ...(clock === undefined ? {} : { clock }),
    imports: [NaverCaptchaModule.forRoot({ ...reaching(emulator), store })],
    controllers: [loginController(afterFailures)],
  });
}

function logIn(app: RunningApp, body: object): Promise<JsonReply> {
  return postJson(`${app.url}/login`, { user: 'kim', ...body });
}

async function fail(app: RunningApp, times: number, body: object = {}): Promise<JsonReply[]> {
  const replies = [];
  for (let time = 0; time < times; time += 1) replies.push(await logIn(app, { password: 'guess', ...body }));
  return replies;
}

const codeOf = ({ body }: JsonReply): unknown => (body as { code?: unknown }).code;

describe.each(ADAPTERS)('afterFailures on %s', (adapter) => {
  it('asks for a captcha only after so many failures, and says so with the last of them', async () => {
    await using app = await start({ adapter });

    const [first, second, third] = await fail(app, 3);
    expect([first?.status, second?.status, third?.status]).toEqual([401, 401, 401]);
    expect([first, second, third].map((reply) => reply?.headers.get('x-captcha-required'))).toEqual([
      null,
      null,
      '1',
    ]);

    expect(codeOf(await logIn(app, { password: 'right' }))).toBe('CAPTCHA_MISSING');
    const answered = await logIn(app, { password: 'right', ...(await solve(app, emulator)) });
    expect(answered).toMatchObject({ status: 200, body: { status: 'verified' } });
  });

  it('verifies nothing before that, whatever is sent', async () => {
    await using app = await start({ adapter });

    const reply = await logIn(app, { password: 'right', captchaKey: 'k', captchaValue: 'v' });

    expect(reply).toMatchObject({ status: 200, body: { status: 'notNeeded' } });
    expect(reply.headers.has('x-captcha-required')).toBe(false);
  });

  it('forgets an account’s failures at a success, and never an address’s', async () => {
    await using app = await start({ adapter });
    await fail(app, 2);
    await logIn(app, { password: 'right' });

    // The account starts afresh, at another address …
    expect((await fail(app, 2, { address: '10.0.0.2' })).map(({ status }) => status)).toEqual([401, 401]);
    // … the address has its two failures still, for every account.
    const [reply] = await fail(app, 1, { user: 'lee' });
    expect(reply?.headers.get('x-captcha-required')).toBe('1');
    expect(codeOf(await logIn(app, { user: 'choi', password: 'right' }))).toBe('CAPTCHA_MISSING');
  });

  it('takes a 400 and a 500 for failures, since either may be a wrong password', async () => {
    await using app = await start({ adapter });
    await fail(app, 1, { address: 'a' });
    expect((await logIn(app, { address: 'b' })).status).toBe(400);

    const third = await logIn(app, { password: 'crash', address: 'c' });

    expect(third.status).toBe(500);
    expect(third.headers.get('x-captcha-required')).toBe('1');
    expect(codeOf(await logIn(app, { password: 'right', address: 'd' }))).toBe('CAPTCHA_MISSING');
  });

  it('lets none of 1,000 parallel guesses slip under the limit', async () => {
    await using app = await start({ adapter, limit: 5 });

    const replies = await Promise.all(
      Array.from({ length: 1000 }, (_, at) => logIn(app, { password: 'guess', address: String(at) })),
    );

    expect(replies.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(replies.filter((reply) => codeOf(reply) === 'CAPTCHA_MISSING')).toHaveLength(995);
  }, 60_000);

  it('counts a try again only when it fails: people in parallel do not lock each other out', async () => {
    await using app = await start({ adapter, limit: 5 });

    for (let round = 0; round < 4; round += 1) {
      const replies = await Promise.all([1, 2, 3, 4].map(() => logIn(app, { password: 'right' })));
      expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    }
  });

  it('keeps the count of who hangs up before the reply', async () => {
    await using app = await start({ adapter, limit: 1 });
    const hangUp = new AbortController();
    const store = app.get<MemoryCaptchaStore>(Symbol.for('nestjs-naver-captcha/store'));
    const take = store.take.bind(store);
    // Hangs up the moment the try is counted.
    store.take = (name, limit) => {
      hangUp.abort();
      return take(name, limit);
    };
    await fetch(`${app.url}/login`, {
      method: 'POST',
      body: new URLSearchParams({ user: 'kim', password: 'guess' }),
      signal: hangUp.signal,
    }).catch(() => undefined);

    expect(codeOf(await logIn(app, { password: 'right' }))).toBe('CAPTCHA_MISSING');
  });

  it('forgets failures after their time', async () => {
    await using app = await start({ adapter });
    await fail(app, 3);
    app.clock.advance(10 * MINUTE_MS);

    expect((await logIn(app, { password: 'right' })).body).toEqual({ status: 'notNeeded' });
  });

  it('holds on all processes that share a store', async () => {
    const clock = new MovableClock();
    const store = new MemoryCaptchaStore({ clock });
    await using one = await start({ adapter, store, clock });
    await using other = await start({ adapter, store, clock });
    await fail(one, 2);
    await fail(other, 1);

    expect(codeOf(await logIn(one, { password: 'right' }))).toBe('CAPTCHA_MISSING');
  });

  it.each([
    [
      'throws',
      (): never => {
        throw new TypeError('no body');
      },
    ],
    ['yields nothing', () => undefined as never],
    ['yields an empty list', () => []],
    ['yields an empty text', () => ({ key: '' })],
    ['yields an object for a text', () => ({ key: {} as never })],
    ['yields one bad key among good ones', () => [{ key: 'a' }, { key: 3 as never }]],
  ])('demands a captcha where by %s', async (_, by) => {
    await using app = await start({ adapter, by });

    expect(codeOf(await logIn(app, { password: 'right' }))).toBe('CAPTCHA_MISSING');
    const answered = await logIn(app, { password: 'right', ...(await solve(app, emulator)) });
    expect(answered.body).toMatchObject({ status: 'verified' });
  });

  it('takes another predicate for failures', async () => {
    await using app = await start({ adapter, isFailure: (status) => status === 400 });
    for (let time = 0; time < 3; time += 1) await logIn(app, {});

    expect(codeOf(await logIn(app, { password: 'right' }))).toBe('CAPTCHA_MISSING');
  });

  it('lets a wrong captcha cost no failure, and a wrong password after a right captcha one', async () => {
    await using app = await start({ adapter });
    await fail(app, 3);
    const wrong = await solve(app, emulator);
    expect(codeOf(await logIn(app, { password: 'right', ...wrong, captchaValue: 'WRONG' }))).toBe(
      'CAPTCHA_WRONG',
    );

    const reply = await logIn(app, { password: 'guess', ...(await solve(app, emulator)) });

    expect(reply.status).toBe(401);
    expect(reply.headers.get('x-captcha-required')).toBe('1');
  });

  it('lets no client fill the store with made-up accounts', async () => {
    const store = new MemoryCaptchaStore({ maxEntries: 20 });
    await using app = await start({ adapter, store });
    // One address at its limit, then a hundred accounts from it.
    for (let at = 0; at < 100; at += 1) await logIn(app, { user: `made-up-${at}`, password: 'guess' });

    expect((await logIn(app, { user: 'kim', address: 'elsewhere', password: 'right' })).status).toBe(200);
  });

  it('puts no account and no address into the store', async () => {
    const names: string[] = [];
    const store = new MemoryCaptchaStore();
    const take = store.take.bind(store);
    store.take = (name, limit) => {
      names.push(name);
      return take(name, limit);
    };
    await using app = await start({ adapter, store });
    await fail(app, 1);

    expect(names).toHaveLength(2);
    for (const name of names) expect(name).toMatch(/^failure:[A-Za-z0-9_-]{43}$/);
  });
});

describe('the order of guards', () => {
  @Controller('late')
  class LateController {
    @Post()
    @RequireCaptcha({ afterFailures: { by: () => ({ key: 'k' }) } })
    @UseGuards(PasswordGuard)
    late(): void {
      // Its guard runs before the captcha's.
    }
  }

  async function warningsOf(controller: Type, providers: object[] = []): Promise<string[]> {
    const warnings: string[] = [];
    const silent = (): void => undefined;
    const logger: LoggerService = { log: silent, error: silent, warn: (line: string) => warnings.push(line) };
    await using app = await startApp({
      imports: [NaverCaptchaModule.forRoot(reaching(emulator))],
      controllers: [controller],
      providers: providers as never,
      logger,
    });
    await app.app.close();
    return warnings.filter((line) => line.includes('counts failures'));
  }

  it('is warned of at boot where the authentication guard runs first', async () => {
    expect(await warningsOf(LateController)).toEqual([
      expect.stringMatching(/^LateController\.late counts failures, but PasswordGuard runs before/),
    ]);
  });

  it('is warned of where a global guard runs first', async () => {
    const providers = [{ provide: APP_GUARD, useClass: PasswordGuard }];

    expect(await warningsOf(loginController({ by: keysOf }), providers)).toHaveLength(1);
  });

  it('is not warned of where it is right', async () => {
    expect(await warningsOf(loginController({ by: keysOf }))).toEqual([]);
  });
});

describe('the service, for transports whose replies the guard cannot see', () => {
  it('counts failures and forgets them', async () => {
    await using app = await start();
    const service = app.get(NaverCaptchaService);
    const rate = { limit: 2, windowMs: MINUTE_MS };
    const keys = [{ key: 'account:kim', clearOnSuccess: true }];

    expect(await service.recordFailure(keys, rate)).toBe(false);
    expect(await service.recordFailure(keys, rate)).toBe(true);
    await service.recordSuccess(keys);
    expect(await service.recordFailure(keys, rate)).toBe(false);
  });
});
