import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Controller, type ExecutionContext, Inject, Post, Req, Res, type Type } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Args, GqlExecutionContext, GraphQLModule, Mutation, Resolver } from '@nestjs/graphql';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import {
  accountKey,
  addressKey,
  type CaptchaAfterFailures,
  type CaptchaFailureKey,
  type CaptchaOutcome,
  CaptchaResult,
  MemoryCaptchaStore,
  NaverCaptchaModule,
  type NaverCaptchaModuleOptions,
  RequireCaptcha,
} from 'nestjs-naver-captcha';

import { type Adapter, ADAPTERS, MovableClock, postJson, type RunningApp, startApp } from '../support/app.ts';
import { KeptLogs } from '../support/logs.ts';
import { reaching, solve } from '../support/signup.ts';

const DAY_MS = 86_400_000;
const LIMIT = 3;
const OLD = 'the old signing secret of more than 32 characters';
const NEW = 'the new signing secret of more than 32 characters';

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 21, dailyQuota: 1_000_000 });
});

afterAll(() => emulator.close());

interface Login {
  readonly user?: string;
  readonly address?: string;
  readonly password?: 'right' | 'wrong';
  /** The status of a reply to a right password. */
  readonly status?: number;
  /** The cookies that the application itself sets. */
  readonly ownCookies?: readonly string[];
}

interface LoginRequest {
  readonly body: Login;
}

function triesOf(context: ExecutionContext): CaptchaFailureKey[] {
  const { user = '', address = '' } = context.switchToHttp().getRequest<LoginRequest>().body;
  return [
    { key: `account:${accountKey(user)}`, clearOnSuccess: true },
    { key: `address:${addressKey(address)}` },
  ];
}

function loginController(given: Partial<CaptchaAfterFailures>): Type {
  @Controller('login')
  class LoginController {
    constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

    @Post()
    @RequireCaptcha({ afterFailures: { limit: LIMIT, by: triesOf, knownDevice: true, ...given } })
    logIn(
      @Req() { body }: LoginRequest,
      @Res() response: object,
      @CaptchaResult() { status }: CaptchaOutcome,
    ): void {
      const { httpAdapter } = this.host;
      if (body.ownCookies !== undefined) {
        httpAdapter.setHeader(response, 'Set-Cookie', body.ownCookies as never);
      }
      httpAdapter.reply(response, { status }, body.password === 'right' ? (body.status ?? 200) : 401);
    }
  }
  return LoginController;
}

interface Setup extends Partial<CaptchaAfterFailures> {
  readonly adapter?: Adapter;
  readonly options?: NaverCaptchaModuleOptions;
  readonly clock?: MovableClock;
  readonly logger?: KeptLogs;
}

function start({ adapter = 'express', options, clock, logger, ...given }: Setup = {}): Promise<RunningApp> {
  return startApp({
    adapter,
    ...(clock === undefined ? {} : { clock }),
    ...(logger === undefined ? {} : { logger }),
    imports: [NaverCaptchaModule.forRoot({ ...reaching(emulator), ...options })],
    controllers: [loginController(given)],
  });
}

interface Reply {
  readonly status: number;
  /** Of the refusal. */
  readonly code: unknown;
  /** Of the captcha, if the handler ran. */
  readonly captcha: unknown;
  readonly required: string | null;
  readonly setCookies: readonly string[];
}

let addresses = 0;

/** A browser with its cookies, at an address of its own. */
class Browser {
  readonly cookies: Map<string, string>;
  readonly #address = `2001:db8:0:${(addresses += 1).toString(16)}::1`;

  constructor(cookies: Iterable<readonly [string, string]> = []) {
    this.cookies = new Map(cookies);
  }

  async logIn({ url }: RunningApp, body: Login & object = {}): Promise<Reply> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const reply = await fetch(`${url}/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie },
      body: JSON.stringify({ user: 'kim', address: this.#address, password: 'right', ...body }),
    });
    const setCookies = reply.headers.getSetCookie();
    for (const each of setCookies) this.#keep(each);
    const { code, status } = (await reply.json()) as { code?: unknown; status?: unknown };
    const required = reply.headers.get('x-captcha-required');
    return { status: reply.status, code, captcha: status, required, setCookies };
  }

  /** @returns the last reply */
  async fail(app: RunningApp, times: number, body: Login = {}): Promise<Reply> {
    const reply = await this.logIn(app, { ...body, password: 'wrong' });
    return times === 1 ? reply : this.fail(app, times - 1, body);
  }

  /** The same cookies at another address. */
  elsewhere(): Browser {
    return new Browser(this.cookies);
  }

  #keep(setCookie: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(setCookie) ?? [];
    if (setCookie.includes('Max-Age=0')) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** A browser that has logged in to the account. */
async function knownBrowser(app: RunningApp, user = 'kim'): Promise<Browser> {
  const browser = new Browser();
  await browser.logIn(app, { user });
  return browser;
}

/** Uses up the tries of the account from many addresses. */
async function attack(app: RunningApp, user = 'kim'): Promise<void> {
  for (let time = 0; time < LIMIT + 2; time += 1) await new Browser().fail(app, 1, { user });
}

/** What a try of this browser gets while an attacker uses up the account's tries. */
async function underAttack(app: RunningApp, browser: Browser, user = 'kim'): Promise<unknown> {
  await attack(app, user);
  const { code, captcha } = await browser.logIn(app, { user });
  return code ?? captcha;
}

describe.each(ADAPTERS)('knownDevice on %s', (adapter) => {
  it('spares the owner the captcha, typing errors included, while an attacker guesses', async () => {
    await using app = await start({ adapter });
    const owner = await knownBrowser(app);

    for (let round = 0; round < 3; round += 1) {
      await attack(app);
      const there = owner.elsewhere();
      expect(await there.fail(app, LIMIT - 1)).toMatchObject({ status: 401, required: null });
      expect(await there.logIn(app)).toMatchObject({ status: 200, captcha: 'notNeeded' });
    }
    // The owner's success takes nothing from the attacker's count.
    expect(await new Browser().logIn(app, { password: 'wrong' })).toMatchObject({ code: 'CAPTCHA_MISSING' });
  });

  it('asks the owner on a new device, and never again once the captcha is solved there', async () => {
    await using app = await start({ adapter });
    const owner = new Browser();
    expect(await underAttack(app, owner)).toBe('CAPTCHA_MISSING');

    const answer = await solve(app, emulator);
    expect(await owner.logIn(app, { ...answer })).toMatchObject({ captcha: 'verified' });
    expect(await underAttack(app, owner)).toBe('notNeeded');
  });

  it('sets a cookie for this host alone, for 180 days', async () => {
    await using app = await start({ adapter });
    const { setCookies } = await new Browser().logIn(app);

    expect(setCookies).toEqual([
      expect.stringMatching(
        /^__Host-captcha-[A-Za-z0-9_-]{8}=[A-Za-z0-9_-]{67}; Max-Age=15552000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ]);
  });

  it('keeps the cookies of the application', async () => {
    await using app = await start({ adapter });
    const one = await new Browser().logIn(app, { ownCookies: ['sid=1; Path=/'] });
    const two = await new Browser().logIn(app, { ownCookies: ['sid=1; Path=/', 'theme=dark'] });

    expect(one.setCookies).toEqual(['sid=1; Path=/', expect.stringContaining('__Host-captcha-')]);
    expect(two.setCookies).toEqual([
      'sid=1; Path=/',
      'theme=dark',
      expect.stringContaining('__Host-captcha-'),
    ]);
  });

  it('sets none with a failure, a refusal or what is neither', async () => {
    await using app = await start({ adapter, isFailure: (status) => status === 401 });
    const browser = new Browser();

    expect((await browser.fail(app, LIMIT)).setCookies).toEqual([]);
    expect(await browser.logIn(app)).toMatchObject({ code: 'CAPTCHA_MISSING', setCookies: [] });
    expect((await new Browser().logIn(app, { user: 'lee', status: 409 })).setCookies).toEqual([]);
  });

  it('asks once the device has used up its own tries, and those of the account are used up too', async () => {
    await using app = await start({ adapter });
    const owner = await knownBrowser(app);
    await attack(app);

    expect(await owner.fail(app, LIMIT)).toMatchObject({ status: 401, required: '1' });
    expect(await owner.logIn(app)).toMatchObject({ code: 'CAPTCHA_MISSING' });

    const answer = await solve(app, emulator);
    expect(await owner.logIn(app, { ...answer })).toMatchObject({ captcha: 'verified' });
    await attack(app);
    expect(await owner.elsewhere().fail(app, LIMIT - 1)).toMatchObject({ status: 401, required: null });
  });

  it('asks once an address has used up its tries', async () => {
    await using app = await start({ adapter });
    const owner = await knownBrowser(app);
    for (const user of ['choi', 'lee', 'park']) await owner.fail(app, 1, { user });

    expect(await owner.logIn(app)).toMatchObject({ code: 'CAPTCHA_MISSING' });
  });

  it('counts the tries of a known device on its address too', async () => {
    await using app = await start({ adapter });
    const owner = await knownBrowser(app);
    await owner.fail(app, LIMIT - 1);
    await owner.logIn(app);

    expect(await owner.fail(app, 1)).toMatchObject({ required: '1' });
    expect(await owner.logIn(app)).toMatchObject({ code: 'CAPTCHA_MISSING' });
  });
});

describe('the device’s own tries', () => {
  it('are followed by those of the account, and only the last of these says that a captcha is needed', async () => {
    await using app = await start();
    const owner = await knownBrowser(app);
    const replies = [];
    for (let time = 0; time < 2 * LIMIT; time += 1) replies.push(await owner.elsewhere().fail(app, 1));

    expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 2 * LIMIT }, () => 401));
    expect(replies.map(({ required }) => required)).toEqual([null, null, null, null, null, '1']);
    expect(await owner.elsewhere().logIn(app)).toMatchObject({ code: 'CAPTCHA_MISSING' });
  });

  it('are all that a stolen cookie adds, also to guesses in parallel', async () => {
    await using app = await start();
    const owner = await knownBrowser(app);
    await attack(app);
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => owner.elsewhere().logIn(app, { password: 'wrong' })),
    );

    expect(replies.filter(({ status }) => status === 401)).toHaveLength(LIMIT);
    expect(replies.filter(({ code }) => code === 'CAPTCHA_MISSING')).toHaveLength(50 - LIMIT);
  });

  it('come back after windowMs', async () => {
    await using app = await start({ windowMs: 60_000 });
    const owner = await knownBrowser(app);
    await attack(app);
    await owner.elsewhere().fail(app, LIMIT);
    app.clock.advance(60_000);

    expect(await underAttack(app, owner.elsewhere())).toBe('notNeeded');
  });

  it('are counted apart on each device of the account', async () => {
    await using app = await start();
    const [laptop, phone] = [await knownBrowser(app), await knownBrowser(app)];
    await attack(app);
    await laptop.fail(app, LIMIT);

    expect(await laptop.logIn(app)).toMatchObject({ code: 'CAPTCHA_MISSING' });
    expect(await phone.logIn(app)).toMatchObject({ captcha: 'notNeeded' });
  });

  it('stay used up although the cookie was renewed by a log-in elsewhere', async () => {
    await using app = await start();
    const owner = await knownBrowser(app);
    const before = new Map(owner.cookies);
    app.clock.advance(DAY_MS);
    await owner.logIn(app);
    await attack(app);
    await new Browser(before).fail(app, LIMIT);

    expect([...owner.cookies]).not.toEqual([...before]);
    expect(await owner.logIn(app)).toMatchObject({ code: 'CAPTCHA_MISSING' });
  });
});

describe('a cookie that is not taken', () => {
  it('is one of another account, under either name', async () => {
    await using app = await start();
    const attacker = await knownBrowser(app, 'mallory');
    expect(await underAttack(app, attacker)).toBe('CAPTCHA_MISSING');

    const [name = ''] = (await knownBrowser(app)).cookies.keys();
    const [value = ''] = attacker.cookies.values();
    expect(await underAttack(app, new Browser([[name, value]]))).toBe('CAPTCHA_MISSING');
  });

  it.each([
    ['empty', () => ''],
    ['cut', (value: string) => value.slice(0, -1)],
    ['extended', (value: string) => `${value}A`],
    ['of other characters', (value: string) => `%${value.slice(1)}`],
    ['with another id', (value: string) => changed(value, 0)],
    ['with another day', (value: string) => changed(value, 17)],
    ['with another account', (value: string) => changed(value, 20)],
    ['with another signature', (value: string) => changed(value, 49)],
  ])('is one that is %s', async (_, change) => {
    await using app = await start();
    const owner = await knownBrowser(app);
    const forged = new Browser([...owner.cookies].map(([name, value]) => [name, change(value)]));

    expect(await underAttack(app, forged)).toBe('CAPTCHA_MISSING');
    expect(await owner.logIn(app)).toMatchObject({ captcha: 'notNeeded' });
  });

  it('is one older than 180 days, which each log-in puts off', async () => {
    await using app = await start();
    const [owner, other] = [await knownBrowser(app), await knownBrowser(app)];
    app.clock.advance(180 * DAY_MS);
    expect(await underAttack(app, owner)).toBe('notNeeded');
    app.clock.advance(DAY_MS);

    expect(await underAttack(app, other)).toBe('CAPTCHA_MISSING');
    expect(await underAttack(app, owner)).toBe('notNeeded');
  });

  it('is one of an application with other secrets', async () => {
    await using one = await start({ options: { signingSecret: OLD } });
    await using other = await start({ options: { signingSecret: NEW } });

    expect(await underAttack(other, await knownBrowser(one))).toBe('CAPTCHA_MISSING');
  });
});

describe('a signing secret that is replaced', () => {
  it('leaves devices known, under one cookie of the new secret', async () => {
    await using before = await start({ options: { signingSecret: OLD } });
    await using during = await start({ options: { signingSecret: [NEW, OLD] } });
    await using after = await start({ options: { signingSecret: NEW } });
    const owner = await knownBrowser(before);

    expect(await underAttack(during, owner)).toBe('notNeeded');
    expect(owner.cookies.size).toBe(1);
    expect(await underAttack(after, owner)).toBe('notNeeded');
  });

  it('ends with it the devices that did not log in meanwhile', async () => {
    await using before = await start({ options: { signingSecret: OLD } });
    await using after = await start({ options: { signingSecret: NEW } });

    expect(await underAttack(after, await knownBrowser(before))).toBe('CAPTCHA_MISSING');
  });
});

describe('several accounts on one browser', () => {
  it('are all known, up to five; the one that logged in longest ago makes room', async () => {
    await using app = await start();
    const shared = new Browser([['__Host-captcha-AAAAAAAA', 'of another application']]);
    const users = ['kim', 'lee', 'park', 'choi', 'jung', 'kang'];
    for (const user of users) {
      await shared.logIn(app, { user });
      app.clock.advance(DAY_MS);
    }

    expect(shared.cookies.size).toBe(6);
    expect(shared.cookies.get('__Host-captcha-AAAAAAAA')).toBe('of another application');
    const outcomes = [];
    for (const user of users) outcomes.push(await underAttack(app, shared.elsewhere(), user));
    expect(outcomes).toEqual(['CAPTCHA_MISSING', ...Array.from({ length: 5 }, () => 'notNeeded')]);
  });
});

describe('what is kept', () => {
  it('is hashed in the store, and random or hashed in the cookie', async () => {
    const names = new Set<string>();
    const store = new MemoryCaptchaStore();
    const [take, get] = [store.take.bind(store), store.get.bind(store)];
    store.take = (name, limit) => take(...remembered(names, name, limit));
    store.get = (name) => get(...remembered(names, name));
    await using app = await start({ options: { store } });
    const owner = await knownBrowser(app);
    await owner.fail(app, LIMIT);

    // The account, its device, and the address.
    expect(names.size).toBe(3);
    for (const name of names) expect(name).toMatch(/^failure:[A-Za-z0-9_-]{43}$/);
    const [[name = '', value = ''] = []] = owner.cookies;
    const [, otherValue = ''] = [...(await knownBrowser(app)).cookies].flat();
    const [bytes, other] = [value, otherValue].map((text) => Buffer.from(text, 'base64url'));
    expect(name).toBe(`__Host-captcha-${bytes?.subarray(18, 34).toString('base64url').slice(0, 8) ?? ''}`);
    expect(bytes).toHaveLength(50);
    expect(bytes?.readUInt16BE(16)).toBe(Math.floor(app.clock.now() / DAY_MS));
    // Two devices of one account share nothing but the account and the day.
    expect(bytes?.subarray(16, 34)).toEqual(other?.subarray(16, 34));
    expect(bytes?.subarray(0, 16)).not.toEqual(other?.subarray(0, 16));
  });
});

describe('a route with knownDevice', () => {
  it('whose by returns no account says so once, and counts as without it', async () => {
    const logger = new KeptLogs();
    await using app = await start({ logger, by: () => ({ key: 'address:1' }) });
    const browser = new Browser();
    await browser.logIn(app);
    await browser.fail(app, LIMIT);

    expect(browser.cookies.size).toBe(0);
    expect(await browser.logIn(app)).toMatchObject({ code: 'CAPTCHA_MISSING' });
    expect(logger.of('warn')).toEqual([
      expect.stringMatching(
        /^warn LoginController\.logIn has knownDevice, but .* clearOnSuccess: true \}\.$/,
      ),
    ]);
  });

  it('whose by throws sets no cookie', async () => {
    await using app = await start({
      by: () => {
        throw new TypeError();
      },
    });
    const answer = await solve(app, emulator);

    expect(await new Browser().logIn(app, { ...answer })).toMatchObject({
      captcha: 'verified',
      setCookies: [],
    });
  });

  it('takes the same keys in another order, or repeated, for the same account', async () => {
    let keys: CaptchaFailureKey[] = ['a', 'b'].map((key) => ({ key, clearOnSuccess: true }));
    await using app = await start({ by: () => keys });
    const owner = await knownBrowser(app);
    keys = ['b', 'a', 'b'].map((key) => ({ key, clearOnSuccess: true }));

    expect(await underAttack(app, owner)).toBe('notNeeded');
  });

  it('is left alone in GraphQL, which has no response of its own', async () => {
    @Resolver()
    class LoginResolver {
      @Mutation()
      @RequireCaptcha({
        afterFailures: {
          knownDevice: true,
          by: (context) => ({
            key: GqlExecutionContext.create(context).getArgs<{ user: string }>().user,
            clearOnSuccess: true,
          }),
        },
      })
      logIn(@Args('user') user: string, @CaptchaResult() { status }: CaptchaOutcome): string {
        return `${user}: ${status}`;
      }
    }
    const typeDefs = 'type Query { nothing: String } type Mutation { logIn(user: String): String }';
    await using app = await startApp({
      imports: [
        NaverCaptchaModule.forRoot(reaching(emulator)),
        GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, typeDefs }),
      ],
      providers: [LoginResolver],
    });
    const { body, headers } = await postJson(`${app.url}/graphql`, {
      query: 'mutation { logIn(user: "kim") }',
    });

    expect(body).toEqual({ data: { logIn: 'kim: notNeeded' } });
    expect(headers.getSetCookie()).toEqual([]);
  });
});

/** The value with one byte changed. */
function changed(value: string, at: number): string {
  const bytes = Buffer.from(value, 'base64url');
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return bytes.toString('base64url');
}

function remembered<Arguments extends readonly [string, ...unknown[]]>(
  names: Set<string>,
  ...given: Arguments
): Arguments {
  names.add(given[0]);
  return given;
}
