import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { Test } from '@nestjs/testing';
import axios from 'axios';
import {
  CAPTCHA_OPTIONS,
  MemoryCaptchaStore,
  NaverCaptchaModule,
  type NaverCaptchaModuleOptions,
  type ResolvedCaptchaOptions,
} from 'nestjs-naver-captcha';

import { withEnvironment } from '../support/environment.ts';

const SECRET = 'client-secret-of-the-test';
const SIGNING = 'signing-secret-of-the-test-0123456789';
const CREDENTIALS = { clientId: 'id', clientSecret: SECRET };
const FROM_ENVIRONMENT = { NAVER_CAPTCHA_CLIENT_ID: 'id', NAVER_CAPTCHA_CLIENT_SECRET: SECRET };

type Variables = Readonly<Record<string, string | undefined>>;

/** The settings an application ends up with. */
async function resolve(options?: object, variables: Variables = {}): Promise<ResolvedCaptchaOptions> {
  return withEnvironment({ NODE_ENV: 'test', ...variables }, async () => {
    const module = await Test.createTestingModule({
      imports: [NaverCaptchaModule.forRoot(options)],
    }).compile();
    const resolved = module.get<ResolvedCaptchaOptions>(CAPTCHA_OPTIONS);
    await module.close();
    return resolved;
  });
}

/** The message a boot stops with. */
async function refusal(options: object, variables: Variables = {}): Promise<string> {
  const error: unknown = await resolve(options, variables).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error(`${inspect(options)} was to stop the boot`);
  for (const text of [error.message, inspect(error, { depth: 10, showHidden: true })]) {
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(SIGNING);
  }
  return error.message;
}

const problems = (message: string): string[] =>
  message.split('\n').flatMap((line) => (line.startsWith('  - ') ? [line.slice(4)] : []));

describe('what is used when little is said', () => {
  it('credentials in the environment are enough', async () => {
    expect(await resolve(undefined, FROM_ENVIRONMENT)).toMatchObject(CREDENTIALS);
  });

  it('the defaults', async () => {
    const resolved = await resolve(CREDENTIALS);
    expect({ ...resolved }).toEqual({
      clientId: 'id',
      platform: 'developers',
      baseUrl: 'https://openapi.naver.com',
      timeoutMs: 3000,
      maxSockets: 64,
      pace: false,
      prefetch: false,
      engines: ['naver'],
      refusedNetworks: [],
      keyTtlMs: 600_000,
      maxAttempts: 1,
      dailyQuota: 1000,
      issueLimit: { limit: 10, windowMs: 60_000 },
      pressure: { free: 20, raisedFrom: 6, highFrom: 12, refusedFrom: 18 },
      onUnavailable: 'reject',
      keys: 'sealed',
      strip: true,
      bodyFields: { key: 'captchaKey', value: 'captchaValue' },
      headerNames: { key: 'x-captcha-key', value: 'x-captcha-value' },
      answerPattern: { image: /^[A-Za-z0-9]{1,16}$/, audio: /^[0-9]{1,16}$/ },
      statuses: {},
      messages: {},
    });
    expect(resolved.signingSecrets).toEqual([SECRET]);
  });

  it.each([
    ['developers', 'https://openapi.naver.com'],
    ['ncloud', 'https://naveropenapi.apigw.ntruss.com'],
    ['ncloud-gov', 'https://naveropenapi.apigw.gov-ntruss.com'],
    ['ncloud-fin', 'https://naveropenapi.apigw-pub.fin-ntruss.com'],
  ] as const)('%s is at %s', async (platform, baseUrl) => {
    expect(await resolve({ ...CREDENTIALS, platform, dailyQuota: 1000 })).toMatchObject({
      platform,
      baseUrl,
    });
  });
});

describe('where settings come from', () => {
  const ALL: Variables = {
    ...FROM_ENVIRONMENT,
    NAVER_CAPTCHA_PLATFORM: 'ncloud',
    NAVER_CAPTCHA_BASE_URL: 'https://captcha.example.com/',
    NAVER_CAPTCHA_TIMEOUT_MS: '1234',
    NAVER_CAPTCHA_SIGNING_SECRET: `${SIGNING}, ${SIGNING}2`,
    NAVER_CAPTCHA_KEY_TTL_MS: '60000',
    NAVER_CAPTCHA_MAX_ATTEMPTS: '3',
    NAVER_CAPTCHA_DAILY_QUOTA: '5000',
  };

  it('every variable is read', async () => {
    const resolved = await resolve({}, ALL);
    expect(resolved).toMatchObject({
      ...CREDENTIALS,
      platform: 'ncloud',
      baseUrl: 'https://captcha.example.com',
      timeoutMs: 1234,
      keyTtlMs: 60_000,
      maxAttempts: 3,
      dailyQuota: 5000,
    });
    expect(resolved.signingSecrets).toEqual([SIGNING, `${SIGNING}2`]);
  });

  it('the code beats the environment, field by field', async () => {
    const resolved = await resolve(
      { clientId: 'other', maxAttempts: 2, platform: 'developers', signingSecret: `${SIGNING}3` },
      ALL,
    );
    expect(resolved).toMatchObject({
      clientId: 'other',
      clientSecret: SECRET,
      maxAttempts: 2,
      platform: 'developers',
      timeoutMs: 1234,
    });
    expect(resolved.signingSecrets).toEqual([`${SIGNING}3`]);
  });

  it('undefined in the code is as if it were left out', async () => {
    const nothing = Object.fromEntries(
      [
        ...Object.keys(await resolve(CREDENTIALS)),
        'clientSecret',
        'httpService',
        'signingSecret',
        'store',
        'isGlobal',
      ].map((option) => [option, undefined]),
    );
    expect(await resolve(nothing, ALL)).toEqual(await resolve({}, ALL));
    expect(await resolve(nothing, FROM_ENVIRONMENT)).toEqual(await resolve(CREDENTIALS));
  });

  it('an empty variable is an unset one, and spaces around a value are none of it', async () => {
    const blank = Object.fromEntries(Object.keys(ALL).map((name) => [name, ' ']));
    expect(await resolve(CREDENTIALS, blank)).toEqual(await resolve(CREDENTIALS));
    expect(await resolve({}, { ...FROM_ENVIRONMENT, NAVER_CAPTCHA_CLIENT_ID: ' id\t' })).toMatchObject({
      clientId: 'id',
    });
  });

  it('half of a pair keeps the other half', async () => {
    expect(
      await resolve({
        ...CREDENTIALS,
        bodyFields: { key: 'k' },
        headerNames: { key: undefined, value: 'X-My-Value' },
        answerPattern: { audio: /^\d{6}$/ },
      }),
    ).toMatchObject({
      bodyFields: { key: 'k', value: 'captchaValue' },
      headerNames: { key: 'x-captcha-key', value: 'x-my-value' },
      answerPattern: { image: /^[A-Za-z0-9]{1,16}$/, audio: /^\d{6}$/ },
    });
  });

  it('null leaves out an option that has no default', async () => {
    const nothing = { baseUrl: null, signingSecret: null, dailyQuota: null, store: null };
    expect(await resolve({ ...CREDENTIALS, ...nothing })).toEqual(await resolve(CREDENTIALS));
  });

  it('a place that is not to be looked in stays out', async () => {
    expect(await resolve({ ...CREDENTIALS, bodyFields: false, headerNames: false })).toMatchObject({
      bodyFields: false,
      headerNames: false,
    });
  });

  it.each(['g', 'y', 'gy', 'giu'])('a pattern with the flags %s judges twice alike', async (flags) => {
    const image = new RegExp('^ab$', flags);
    const { answerPattern } = await resolve({ ...CREDENTIALS, answerPattern: { image } });
    expect([1, 2, 3].map(() => answerPattern.image.test('ab'))).toEqual([true, true, true]);
    expect(answerPattern.image.ignoreCase).toBe(image.ignoreCase);
    expect(image.flags).toContain(flags.slice(0, 1));
  });
});

describe('what comes of the given object', () => {
  const given = () => ({
    ...CREDENTIALS,
    signingSecret: [SIGNING],
    bodyFields: { key: 'k' },
    headerNames: { value: 'X-V' },
    answerPattern: { image: /^x$/g },
    statuses: { CAPTCHA_WRONG: 422 },
    messages: { CAPTCHA_WRONG: { en: 'No.' } },
  });

  it('it is neither changed nor needed to stay as it is', async () => {
    const mine = given();
    const resolved = await resolve(mine);
    expect(mine).toEqual(given());
    const before = inspect(resolved, { depth: 10, showHidden: true });
    mine.signingSecret[0] = 'changed';
    mine.bodyFields.key = 'changed';
    mine.headerNames.value = 'changed';
    mine.answerPattern.image = /changed/g;
    mine.statuses.CAPTCHA_WRONG = 599;
    mine.messages.CAPTCHA_WRONG.en = 'changed';
    expect(inspect(resolved, { depth: 10, showHidden: true })).toBe(before);
  });

  it('a frozen one is taken', async () => {
    expect(await resolve(Object.freeze(given()))).toMatchObject({ clientId: 'id' });
  });

  it('the resolved one is frozen through and through', async () => {
    const seen: unknown[] = [];
    const look = (value: unknown): void => {
      if (typeof value !== 'object' || value === null || value instanceof RegExp) return;
      expect(Object.isFrozen(value)).toBe(true);
      seen.push(value);
      for (const name of Reflect.ownKeys(value)) look(Reflect.get(value, name));
    };
    look(await resolve(given()));
    expect(seen.length).toBeGreaterThan(6);
  });

  it('no log of it prints a secret', async () => {
    const resolved = await resolve(given());
    expect(resolved.clientSecret).toBe(SECRET);
    expect(resolved.signingSecrets).toEqual([SIGNING]);
    for (const printed of [
      inspect(resolved, { depth: 10 }),
      JSON.stringify(resolved),
      inspect({ ...resolved }),
    ]) {
      expect(printed).not.toContain(SECRET);
      expect(printed).not.toContain(SIGNING);
      expect(printed).toContain('developers');
    }
  });
});

describe('what stops the boot', () => {
  it('missing credentials, both at once, with where to find them', async () => {
    const found = problems(await refusal({}));
    expect(found).toHaveLength(2);
    expect(found.join()).toMatch(
      /clientId \(or NAVER_CAPTCHA_CLIENT_ID\) is missing.*developers\.naver\.com/,
    );
    expect(found.join()).toMatch(/clientSecret \(or NAVER_CAPTCHA_CLIENT_SECRET\) is missing.*NAVER Cloud/);
  });

  const store = new MemoryCaptchaStore();
  const long = 's'.repeat(32);
  const CASES: Readonly<Record<string, { readonly values: readonly unknown[]; readonly saying: RegExp }>> = {
    clientId: {
      values: ['', ' ', 'a b', '한글', 'a\r\nX: 1', 'a'.repeat(201), 1, null, {}],
      saying: /visible ASCII|missing/,
    },
    clientSecret: {
      values: ['', `${SECRET} `, `${SECRET}\n`, 1, null, [SECRET]],
      saying: /visible ASCII|missing/,
    },
    platform: {
      values: ['naver', 'NCLOUD', '', 1, null, 'constructor', ['ncloud']],
      saying: /must be one of developers, ncloud, ncloud-gov, ncloud-fin/,
    },
    baseUrl: {
      values: [
        'openapi.naver.com',
        'ftp://openapi.naver.com',
        'https://user:pass@openapi.naver.com',
        'https://openapi.naver.com/?a=1',
        'https://openapi.naver.com/#a',
        'https://openapi.naver.com/?',
        'https://openapi.naver.com/#',
        '',
        1,
        new URL('https://openapi.naver.com'),
      ],
      saying: /must be an http: or https: URL .*leave it out/,
    },
    allowInsecureBaseUrl: { values: ['true', 1, null], saying: /true or false/ },
    maxSockets: { values: [0, -1, 1.5, NaN, 1025, '64', null], saying: /from 1 to 1024/ },
    httpService: {
      values: [{}, 'http', true, [], axios, HttpService, { request: 'GET' }],
      saying: /inject: \[HttpService\], useFactory: \(httpService: HttpService\) => \(\{ httpService \}\)/,
    },
    pace: {
      values: [{ headroom: 0 }, { headroom: 1.1 }, { headroom: NaN }, { share: 0.5 }, 'even', 0.25],
      saying: /true, false or \{ headroom \}: a share of the quota from 0.01 to 1/,
    },
    prefetch: {
      values: [
        true,
        3,
        {},
        { size: 0 },
        { size: 101 },
        { size: 1.5 },
        { size: '3' },
        { size: 3, more: 1 },
        null,
      ],
      saying: /from 1 to 100/,
    },
    timeoutMs: { values: [0, -1, 1.5, NaN, Infinity, 60_001, '3000', null], saying: /from 1 to 60000/ },
    signingSecret: {
      values: [
        '',
        's'.repeat(31),
        [],
        [long, 's'.repeat(31)],
        [long, long],
        [1, 2, 3, 4, 5].map((n) => long + String(n)),
        32,
        { 0: long },
      ],
      saying: /1 to 4 different secrets of at least 32 characters.*openssl rand/,
    },
    keyTtlMs: { values: [0, 9999, 7_200_001, 1.5, '600000', null], saying: /from 10000 to 7200000/ },
    maxAttempts: { values: [0, -1, 11, 1.5, '1', null], saying: /from 1 to 10/ },
    dailyQuota: {
      values: [0, -1, 1.5, NaN, -Infinity, 100_000_001, '1000', 'Infinity'],
      saying: /from 1 to 100000000, or Infinity for no limit/,
    },
    keys: { values: ['open', '', true, null], saying: /'sealed' or 'raw'/ },
    store: {
      values: [
        {},
        'redis://',
        1,
        true,
        [],
        { take: () => store.take('a:b', { limit: 1, ttlMs: 1 }) },
        MemoryCaptchaStore,
      ],
      saying: /with the methods take, release, get, set, delete/,
    },
    strip: { values: ['false', 0, null], saying: /true or false/ },
    bodyFields: {
      values: [
        true,
        'captcha',
        null,
        ['a', 'b'],
        { key: '' },
        { key: 1 },
        { key: 'a b' },
        { answer: 'x' },
        { key: null },
      ],
      saying: /must be false or \{ key, value \}/,
    },
    headerNames: {
      values: [
        true,
        'x-captcha',
        null,
        { key: 'x:y' },
        { value: 'a\n' },
        { value: 'a'.repeat(65) },
        { keys: 'x' },
      ],
      saying: /must be false or \{ key, value \}/,
    },
    answerPattern: { values: [/a/, null, { image: 'a' }, { video: /a/ }], saying: /regular expressions/ },
    statuses: {
      values: [
        null,
        400,
        { CAPTCHA_WRONG: 200 },
        { CAPTCHA_WRONG: 600 },
        { CAPTCHA_WRONG: '422' },
        { WRONG: 422 },
      ],
      saying: /from 400 to 599 to any of CAPTCHA_MISSING/,
    },
    messages: {
      values: [
        null,
        'No.',
        { CAPTCHA_WRONG: 'No.' },
        { CAPTCHA_WRONG: { en: '' } },
        { CAPTCHA_WRONG: { en: 1 } },
        { CAPTCHA_WRONG: { fr: 'Non.' } },
        { WRONG: { en: 'No.' } },
      ],
      saying: /\{ ko, en \} to any of CAPTCHA_MISSING/,
    },
  };

  it.each(
    Object.entries(CASES).flatMap(([option, { values, saying }]) =>
      values.map((value): [string, string, unknown, RegExp] => [option, inspect(value), value, saying]),
    ),
  )('%s: %s', async (option, _, value, saying) => {
    const found = problems(await refusal({ ...CREDENTIALS, [option]: value }));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^${option}\\b`));
    expect(found[0]).toMatch(saying);
  });

  it.each([
    ['NAVER_CAPTCHA_CLIENT_ID', 'a b'],
    ['NAVER_CAPTCHA_CLIENT_SECRET', `${SECRET} ${SECRET}`],
    ['NAVER_CAPTCHA_PLATFORM', 'naver'],
    ['NAVER_CAPTCHA_BASE_URL', 'localhost:4010'],
    ['NAVER_CAPTCHA_TIMEOUT_MS', '3s'],
    ['NAVER_CAPTCHA_TIMEOUT_MS', '0'],
    ['NAVER_CAPTCHA_TIMEOUT_MS', '1e3'],
    ['NAVER_CAPTCHA_TIMEOUT_MS', '0x10'],
    ['NAVER_CAPTCHA_SIGNING_SECRET', 'short'],
    ['NAVER_CAPTCHA_SIGNING_SECRET', `${SIGNING},`],
    ['NAVER_CAPTCHA_SIGNING_SECRET', `${SIGNING},${SIGNING}`],
    ['NAVER_CAPTCHA_SIGNING_SECRET', [1, 2, 3, 4, 5].map((n) => SIGNING + String(n)).join()],
    ['NAVER_CAPTCHA_KEY_TTL_MS', '-1'],
    ['NAVER_CAPTCHA_MAX_ATTEMPTS', '1.5'],
    ['NAVER_CAPTCHA_MAX_ATTEMPTS', 'three'],
    ['NAVER_CAPTCHA_DAILY_QUOTA', '0'],
    ['NAVER_CAPTCHA_DAILY_QUOTA', 'infinite'],
    ['NAVER_CAPTCHA_DAILY_QUOTA', '-Infinity'],
  ])('%s=%s', async (variable, value) => {
    const found = problems(await refusal({}, { ...FROM_ENVIRONMENT, [variable]: value }));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`(or ${variable})`);
  });

  it.each([
    ['platform', 'naver', '"naver" was given'],
    ['timeoutMs', NaN, 'NaN was given'],
    ['maxAttempts', null, 'null was given'],
    ['bodyFields', { answer: 'x' }, '{"answer":"x"} was given'],
    ['keys', 'x'.repeat(50), `"${'x'.repeat(39)}… was given`],
    ['baseUrl', 'localhost:4010', '"localhost:4010" was given'],
  ])('the problem of %s: %j shows what was given', async (option, value, given) => {
    const found = problems(await refusal({ ...CREDENTIALS, [option]: value }));
    expect(found).toEqual([expect.stringMatching(/; .* was given\.$/)]);
    expect(found[0]).toContain(`; ${given}.`);
  });

  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  it.each([
    ['clientId', 'not shown'],
    ['clientSecret', 'not shown'],
    ['signingSecret', 'not-shown'],
    ['proxy', 'ftp://user:not-shown.example'],
    ['store', 'redis://not-shown'],
    ['httpService', 'not-shown'],
    ['baseUrl', 'https://user:not-shown@openapi.naver.com'],
    ['baseUrl', 'https://openapi.naver.com/?not-shown'],
    ['platform', () => 'not-shown'],
    ['platform', new URL('https://not-shown.example.com')],
    ['platform', circle],
    ['platform', 1n],
    ['platform', Symbol('not-shown')],
  ])('the problem of %s does not show a value that may be secret or has no JSON', async (option, value) => {
    const found = problems(await refusal({ ...CREDENTIALS, [option]: value }));
    expect(found).toEqual([expect.not.stringMatching(/was given|not.shown/)]);
  });

  it('quotation marks around a variable, which docker --env-file keeps', async () => {
    const quoted = {
      NAVER_CAPTCHA_CLIENT_ID: '"id"',
      NAVER_CAPTCHA_CLIENT_SECRET: ` "${SECRET}" `,
      NAVER_CAPTCHA_PLATFORM: "'developers'",
      NAVER_CAPTCHA_BASE_URL: '"http://127.0.0.1:4010"',
      NAVER_CAPTCHA_PROXY: '""',
      NAVER_CAPTCHA_TIMEOUT_MS: '"3000"',
      NAVER_CAPTCHA_SIGNING_SECRET: `"${SIGNING}"`,
    };
    expect(problems(await refusal({}, quoted))).toEqual(
      Object.keys(quoted).map((name) => `${name} begins and ends with a quotation mark: remove both.`),
    );
    expect(await resolve(CREDENTIALS, { NAVER_CAPTCHA_CLIENT_ID: '"unused"' })).toMatchObject({
      clientId: 'id',
    });
    expect(await resolve({}, { ...FROM_ENVIRONMENT, NAVER_CAPTCHA_CLIENT_ID: '"id' })).toMatchObject({
      clientId: '"id',
    });
  });

  it('all problems stand in one message', async () => {
    const bad = Object.fromEntries(Object.entries(CASES).map(([option, { values }]) => [option, values[0]]));
    const found = problems(await refusal({ ...bad, clientSecret: undefined, colour: 'red' }));
    expect(found).toHaveLength(Object.keys(CASES).length + 1);
    expect(new Set(found.map((line) => /^\w+/.exec(line)?.[0]))).toEqual(
      new Set([...Object.keys(CASES), 'colour']),
    );
  });

  it('a name that is no option', async () => {
    for (const name of ['secret-of-mine', 'ttl', 'toString']) {
      const message = await refusal({ ...CREDENTIALS, [name]: 'x' });
      expect(problems(message)).toEqual([`${name} is not an option; the README lists all options.`]);
    }
  });

  describe.each(['ncloud', 'ncloud-gov', 'ncloud-fin'])(
    '%s, which bills each call, without dailyQuota',
    (platform) => {
      const remedy =
        /^dailyQuota \(or NAVER_CAPTCHA_DAILY_QUOTA\) is missing: .*bills each call.*Infinity sets no limit\.$/;

      it('stops the boot with the remedy, also where the environment names the platform', async () => {
        for (const dailyQuota of [undefined, null]) {
          expect(problems(await refusal({ ...CREDENTIALS, platform, dailyQuota }))).toEqual([
            expect.stringMatching(remedy),
          ]);
        }
        const variables = { NAVER_CAPTCHA_PLATFORM: platform, NAVER_CAPTCHA_DAILY_QUOTA: ' ' };
        expect(problems(await refusal(CREDENTIALS, variables))).toEqual([expect.stringMatching(remedy)]);
      });

      it('starts with a number or Infinity, from the code or the environment', async () => {
        const given = { ...CREDENTIALS, platform };
        expect((await resolve({ ...given, dailyQuota: 5 })).dailyQuota).toBe(5);
        expect((await resolve({ ...given, dailyQuota: Infinity })).dailyQuota).toBeUndefined();
        expect((await resolve(given, { NAVER_CAPTCHA_DAILY_QUOTA: '7' })).dailyQuota).toBe(7);
        expect((await resolve(given, { NAVER_CAPTCHA_DAILY_QUOTA: 'Infinity' })).dailyQuota).toBeUndefined();
      });
    },
  );

  it("a signing secret beside keys: 'raw'", async () => {
    const message = await refusal({ ...CREDENTIALS, keys: 'raw', signingSecret: SIGNING });
    expect(problems(message)).toEqual([expect.stringMatching(/signingSecret.*'raw'.*leave one of them out/)]);
  });

  it('the same name for key and value', async () => {
    for (const option of ['bodyFields', 'headerNames']) {
      const [problem] = problems(
        await refusal({ ...CREDENTIALS, [option]: { key: 'captcha', value: 'captcha' } }),
      );
      expect(problem).toMatch(new RegExp(`^${option}.*differ`));
    }
    const half = await refusal({ ...CREDENTIALS, headerNames: { key: 'X-Captcha-Value' } });
    expect(problems(half)).toHaveLength(1);
  });
});

describe('http: in production', () => {
  const production = { NODE_ENV: 'production' };
  const boot = (baseUrl: string, more: NaverCaptchaModuleOptions = {}) =>
    resolve({ ...CREDENTIALS, baseUrl, ...more }, production);

  it.each([
    'http://captcha.example.com',
    'http://10.0.0.1:4010',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
  ])('%s stops the boot', async (baseUrl) => {
    expect(problems(await refusal({ ...CREDENTIALS, baseUrl }, production))).toEqual([
      expect.stringMatching(/http: to another host.*allowInsecureBaseUrl/),
    ]);
    const fromEnvironment = { ...production, NAVER_CAPTCHA_BASE_URL: baseUrl };
    expect(problems(await refusal(CREDENTIALS, fromEnvironment))).toHaveLength(1);
  });

  it.each(['http://localhost:4010', 'http://127.0.0.1:4010', 'http://127.1.2.3', 'http://[::1]:4010'])(
    '%s stays on this machine',
    async (baseUrl) => {
      expect(await boot(baseUrl)).toMatchObject({ baseUrl });
    },
  );

  it('https: is fine anywhere, and http: outside production', async () => {
    await boot('https://captcha.example.com');
    await resolve({ ...CREDENTIALS, baseUrl: 'http://captcha.example.com' });
  });

  it('may be allowed', async () => {
    await boot('http://captcha.example.com', { allowInsecureBaseUrl: true });
    await refusal(
      { ...CREDENTIALS, baseUrl: 'http://captcha.example.com', allowInsecureBaseUrl: false },
      production,
    );
  });
});
