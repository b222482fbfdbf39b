import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  type CanActivate,
  Controller,
  HttpCode,
  Injectable,
  Post,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import {
  type CaptchaStore,
  MemoryCaptchaStore,
  NaverCaptchaClient,
  NaverCaptchaService,
  RequireCaptcha,
} from 'nestjs-naver-captcha';
import { ADAPTERS, MovableClock, postJson } from '../support/app.ts';
import { KeptLogs } from '../support/logs.ts';
import { startReplayedApp } from '../support/replayed-app.ts';
import { json, ReplayServer } from '../support/replay-server.ts';
import { comparisons, signUp, solve, startSignup } from '../support/signup.ts';

let emulator: NaverCaptchaEmulator;

beforeEach(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 11, dailyQuota: 1_000_000 });
});

afterEach(() => emulator.close());

/** A store whose operations a test can make fail. */
function storeWith(
  clock: MovableClock,
  changed: (store: CaptchaStore) => Partial<CaptchaStore>,
): CaptchaStore {
  const store = new MemoryCaptchaStore({ clock });
  return {
    take: (name, limit) => store.take(name, limit),
    release: (name) => store.release(name),
    get: (name) => store.get(name),
    set: (name, count, lifetime) => store.set(name, count, lifetime),
    delete: (name) => store.delete(name),
    ...changed(store),
  };
}

/** A promise and what keeps it. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    opened,
    open: () => {
      open();
    },
  };
}

describe('a day that NAVER closed', () => {
  it('is probed even where a call that never reached NAVER was counted before and taken back after', async () => {
    const clock = new MovableClock();
    const closed = gate();
    let isHeld = false;
    const store = storeWith(clock, (memory) => ({
      release: (name) =>
        isHeld && name.startsWith('quota:')
          ? closed.opened.then(() => memory.release(name, 2))
          : memory.release(name),
    }));
    await using app = await startSignup(emulator, { clock, options: { store } });
    const client = app.get(NaverCaptchaClient);
    const answer = await solve(app, emulator);
    emulator.failNext({ fault: 'gateway-503', call: 'issue', times: 6 });
    for (let time = 0; time < 3; time += 1) await expect(client.issueKey('image')).rejects.toThrow();

    // Counted, then refused by the breaker; the day is closed before the count is taken back.
    isHeld = true;
    const refused = client.issueKey('image').catch((error: unknown) => error);
    emulator.failNext({ fault: 'quota', call: 'compare' });
    await signUp(app, answer);
    closed.open();
    expect(await refused).toMatchObject({ code: 'CAPTCHA_UNAVAILABLE' });
    emulator.clearFaults();
    clock.advance(300_000);

    await expect(client.issueKey('image')).resolves.toEqual(expect.any(String));
  });

  it('is believed to be closed for no longer than it lasts', async () => {
    await using app = await startSignup(emulator, { options: { dailyQuota: 10 } });
    const issue = () => app.get(NaverCaptchaService).createChallenge();
    // The clock stands at noon in Korea.
    app.clock.advance(12 * 3_600_000 - 2000);
    for (let time = 0; time < 5; time += 1) await issue();
    await expect(issue()).rejects.toMatchObject({ code: 'CAPTCHA_QUOTA_EXCEEDED', retryAfterSeconds: 2 });

    app.clock.advance(2000);

    await issue();
  });
});

describe('a slow store', () => {
  it('is no outage of NAVER’s, though it eats up a call’s time: `allow` lets no request through', async () => {
    const clock = new MovableClock();
    let isSlow = false;
    const store = storeWith(clock, (memory) => ({
      take: async (name, limit) => {
        if (isSlow && name.startsWith('quota:')) await new Promise((resolve) => setTimeout(resolve, 400));
        return memory.take(name, limit);
      },
    }));
    await using app = await startSignup(emulator, {
      clock,
      options: { store, timeoutMs: 300, onUnavailable: 'allow' },
    });
    isSlow = true;

    await expect(app.get(NaverCaptchaService).createChallenge()).rejects.toMatchObject({
      code: 'CAPTCHA_UNAVAILABLE',
      origin: 'store',
    });
    // Had it been an outage, a missing answer would pass now and then.
    for (let time = 0; time < 6; time += 1) {
      await app
        .get(NaverCaptchaService)
        .createChallenge()
        .catch(() => undefined);
    }
    expect(await signUp(app, {})).toMatchObject({ status: 400, body: { code: 'CAPTCHA_MISSING' } });
    expect(emulator.requests).toEqual([]);
  });

  it('that fails is reported in the log', async () => {
    const clock = new MovableClock();
    const logger = new KeptLogs();
    const store = storeWith(clock, (memory) => ({
      take: (name, limit) =>
        name.startsWith('attempt:')
          ? Promise.reject(new RangeError('redis://:hunter2@host'))
          : memory.take(name, limit),
    }));
    await using app = await startSignup(emulator, { clock, logger, options: { store } });

    await signUp(app, await solve(app, emulator));

    expect(logger.of('error')).toEqual([
      'error CAPTCHA_UNAVAILABLE: The captcha store failed (RangeError), so requests that need it are refused. Check the store.',
    ]);
  });
});

describe('a binding that is no text', () => {
  it('costs no call to NAVER and fits no key', async () => {
    await using app = await startSignup(emulator);
    const service = app.get(NaverCaptchaService);
    const binding = { toString: () => 'session' } as unknown as string;

    await expect(service.createChallenge({ binding })).rejects.toMatchObject({ code: 'CAPTCHA_BAD_REQUEST' });
    expect(emulator.requests).toEqual([]);

    const { captchaKey: key, captchaValue: value } = await solve(app, emulator, { binding: 'session' });
    expect(await service.verify({ key, value }, { binding })).toEqual({ passed: false, reason: 'mismatch' });
    expect(comparisons(emulator)).toBe(0);
  });
});

describe.each(ADAPTERS)('on %s', (adapter) => {
  it('an answer that throws when it is read is malformed', async () => {
    await using app = await startSignup(emulator, {
      adapter,
      require: {
        extract: () => ({
          get key(): string {
            throw new TypeError('gone');
          },
          value: 'ABCDE',
        }),
      },
    });

    expect(await signUp(app, {})).toMatchObject({ status: 400, body: { code: 'CAPTCHA_MALFORMED' } });
  });
});

describe.each(ADAPTERS)('an application that closes, on %s', (adapter) => {
  it('serves requests under way to their end', async () => {
    const asked = gate();
    const closing = gate();
    // Nest asks this when onModuleDestroy has run everywhere, and closes the server after it.
    const witness = { provide: 'witness', useValue: { beforeApplicationShutdown: closing.open } };
    await using app = await startSignup(emulator, {
      adapter,
      providers: [witness],
      options: { onUnavailable: 'allow' },
      require: {
        binding: async () => {
          asked.open();
          await closing.opened;
          return undefined;
        },
      },
    });
    const reply = signUp(app, await solve(app, emulator), { connection: 'close' });
    await asked.opened;

    await app.app.close();

    expect(await reply).toMatchObject({ status: 200, body: { outcome: { status: 'verified' } } });
  });
});

describe('a key at its end', () => {
  it('passes once, also where the clock jumps while NAVER compares', async () => {
    const replies: (() => void)[] = [];
    await using naver = await ReplayServer.start(json({ key: 'abcdefgh12345678' }));
    await using app = await startReplayedApp(naver, { maxAttempts: 2 });
    const { key } = await app.captcha.createChallenge();
    naver.say((response) => replies.push(() => response.end('{"result":true,"responseTime":3}')));
    const verdicts = [1, 2].map(() => app.captcha.verify({ key, value: 'ABCDE' }));
    await naver.until(() => replies.length === 2);

    app.clock.advance(3_600_000);
    for (const reply of replies) reply();

    expect((await Promise.all(verdicts)).filter(({ passed }) => passed)).toHaveLength(1);
  });
});

describe('the breaker', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('lets its trying call through whatever happens to the system’s clock', async () => {
    await using app = await startSignup(emulator);
    const client = app.get(NaverCaptchaClient);
    emulator.failNext({ fault: 'gateway-503', call: 'issue', times: 5 });
    for (let time = 0; time < 3; time += 1) await expect(client.issueKey('image')).rejects.toThrow();
    app.clock.advance(10_000);
    const anHourAgo = Date.now() - 3_600_000;
    jest.spyOn(Date, 'now').mockReturnValue(anHourAgo);

    await expect(client.issueKey('image')).resolves.toEqual(expect.any(String));
  });
});

describe('afterFailures', () => {
  @Injectable()
  class WrongPassword implements CanActivate {
    canActivate(): boolean {
      throw new UnauthorizedException();
    }
  }

  it.each([
    { limit: NaN },
    { limit: 2.5 },
    { limit: -1 },
    { windowMs: NaN },
    { windowMs: 0 },
    { limit: '5' as unknown as number },
  ])('does not accept %j, which would never require a captcha', (rate) => {
    const decorate = () => RequireCaptcha({ afterFailures: { ...rate, by: () => ({ key: 'k' }) } });

    expect(decorate).toThrow(RangeError);
  });

  it('takes a predicate that throws for a failure, and goes on', async () => {
    @Controller('login')
    class LoginController {
      @Post()
      @HttpCode(200)
      @UseGuards(WrongPassword)
      @RequireCaptcha({
        afterFailures: {
          limit: 1,
          by: () => ({ key: 'k' }),
          isFailure: () => {
            throw new TypeError('no such status');
          },
        },
      })
      logIn(): void {
        // The password is always wrong.
      }
    }
    await using app = await startSignup(emulator, { controllers: [LoginController] });

    const first = await postJson(`${app.url}/login`, {});
    expect(first.status).toBe(401);
    expect(first.headers.get('x-captcha-required')).toBe('1');
    const second = await postJson(`${app.url}/login`, {});
    expect(second).toMatchObject({ status: 400, body: { code: 'CAPTCHA_MISSING' } });
  });

  it('reports a wrong captcha if the store then fails to take the try back', async () => {
    const clock = new MovableClock();
    const store = storeWith(clock, (memory) => ({
      // Others come to the limit between the look and the count.
      get: (name) => (name.startsWith('failure:') ? Promise.resolve(0) : memory.get(name)),
      release: (name) =>
        name.startsWith('failure:') ? Promise.reject(new Error('dead')) : memory.release(name),
    }));
    let addresses = 0;
    @Controller('login')
    class LoginController {
      @Post()
      @UseGuards(WrongPassword)
      @RequireCaptcha({
        afterFailures: { limit: 1, by: () => [{ key: 'account' }, { key: `address ${(addresses += 1)}` }] },
      })
      logIn(): void {
        // The password is always wrong.
      }
    }
    await using app = await startSignup(emulator, {
      clock,
      options: { store },
      controllers: [LoginController],
    });
    await postJson(`${app.url}/login`, {});
    const { captchaKey } = await solve(app, emulator);

    const reply = await postJson(`${app.url}/login`, { captchaKey, captchaValue: 'WRONG' });

    expect(reply.body).toMatchObject({ code: 'CAPTCHA_WRONG' });
  });
});
