import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { inspect } from 'node:util';

import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { HttpModule, HttpService } from '@nestjs/axios';
import axios, { type AxiosInstance, isAxiosError } from 'axios';
import {
  CAPTCHA_EVENTS,
  type CaptchaEvent,
  type CaptchaException,
  CaptchaExpiredException,
  CaptchaInvalidException,
  type CaptchaMediaKind,
  CaptchaMisconfiguredException,
  CaptchaQuotaExceededException,
  CaptchaUnavailableException,
  MemoryCaptchaStore,
  type NaverCaptchaClient,
  type NaverPlatform,
} from 'nestjs-naver-captcha';
import { firstValueFrom, NEVER, type Observable, of, throwError } from 'rxjs';

import { json, JPEG, type Replay, ReplayServer, WAV } from '../support/replay-server.ts';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  type ReplayedApp,
  type ReplayedSetup,
  startReplayedApp,
} from '../support/replayed-app.ts';

const KEY = 't521bp3qM7Qyk2X2';
const ANSWER = 'ANSWER5ECRET';
const MIB = 1024 * 1024;

type ExceptionClass = abstract new (...args: never[]) => CaptchaException;

/** The error a call ends with: of this class, and without a trace of secret, answer or axios. */
async function refusal<T extends ExceptionClass>(call: Promise<unknown>, type: T): Promise<InstanceType<T>> {
  const error: unknown = await call.then(
    (value) => {
      throw new Error(`The call was to be refused, and gave ${inspect(value)}`);
    },
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(type);
  const printed = inspect(error, { depth: 10, showHidden: true });
  expect(printed).not.toContain(CLIENT_SECRET);
  expect(printed).not.toContain(ANSWER);
  for (let link: unknown = error; link instanceof Error; link = link.cause) {
    expect(isAxiosError(link)).toBe(false);
  }
  return error as InstanceType<T>;
}

const unavailable = (call: Promise<unknown>) => refusal(call, CaptchaUnavailableException);

/** The three calls, each answered with whatever the replay server says. */
const CALLS: Readonly<Record<string, (client: NaverCaptchaClient) => Promise<unknown>>> = {
  issuing: (client) => client.issueKey('image'),
  fetching: (client) => client.fetchMedia('image', KEY),
  comparing: (client) => client.compare('image', KEY, ANSWER),
};

const closing = (socket: Socket) => new Promise((resolve) => socket.on('close', resolve));

interface FixtureRow {
  readonly name: string;
  readonly request: { readonly path: string; readonly headers: Readonly<Record<string, string>> };
  readonly reply: {
    readonly status: number;
    readonly contentType?: string;
    readonly transferEncoding?: string;
    readonly body?: string;
    readonly bodyKind?: 'jpeg' | 'wav';
    readonly bodyHas?: Readonly<Record<string, string>>;
  };
}

function fixture(file: string): readonly FixtureRow[] {
  const text = readFileSync(new URL(`../fixtures/naver/${file}.json`, import.meta.url), 'utf8');
  return JSON.parse(text) as FixtureRow[];
}

function replayOf({ status, contentType, transferEncoding, ...reply }: FixtureRow['reply']): Replay {
  const has = (name: string): object => {
    const code = reply.bodyHas?.[name];
    return code === undefined ? {} : { errorCode: code };
  };
  const inner = has('error.errorCode');
  const body =
    reply.body ??
    (reply.bodyKind === undefined
      ? JSON.stringify({ ...has('errorCode'), ...('errorCode' in inner ? { error: inner } : {}) })
      : { jpeg: JPEG, wav: WAV }[reply.bodyKind]);
  return {
    status,
    headers: contentType === undefined ? {} : { 'content-type': contentType },
    body,
    chunked: transferEncoding === 'chunked',
  };
}

/** The client's call that ought to make this request. */
function callOf(path: string, client: NaverCaptchaClient): Promise<unknown> {
  const { pathname, searchParams } = new URL(path, 'http://localhost');
  const kind: CaptchaMediaKind = /skey|scaptcha/.test(pathname) ? 'audio' : 'image';
  const key = searchParams.get('key') ?? '';
  if (searchParams.get('code') === '0') return client.issueKey(kind);
  if (searchParams.get('code') === '1') return client.compare(kind, key, searchParams.get('value') ?? '');
  return client.fetchMedia(kind, key);
}

type Outcome = { readonly gives: unknown } | { readonly throws: ExceptionClass; readonly saying: RegExp };

const JPEG_MEDIA = { contentType: 'image/jpeg', body: JPEG };
const WAV_MEDIA = { contentType: 'audio/wav', body: WAV };
const RIGHT_84_6 = { result: 'right', responseTimeSeconds: 84.6 };
const WRONG_15_36 = { result: 'wrong', responseTimeSeconds: 15.36 };

const OUTCOMES: Readonly<Record<string, Readonly<Record<string, Outcome>>>> = {
  'developers-image': {
    issue: { gives: KEY },
    fetch: { gives: JPEG_MEDIA },
    'compare-right': { gives: RIGHT_84_6 },
    'compare-wrong': { gives: WRONG_15_36 },
    'compare-wrong-as-403': { gives: WRONG_15_36 },
    'compare-slow': { gives: { result: 'right' } },
    'compare-time-as-string': { gives: RIGHT_84_6 },
    'invalid-key': { gives: { result: 'unknown-key' } },
    'unissued-image': { gives: { result: 'never-fetched' } },
    'system-error': { throws: CaptchaUnavailableException, saying: /status 500, code CT500/ },
    'bad-credentials': { throws: CaptchaMisconfiguredException, saying: /compare the client id and secret/ },
    'api-not-ticked': { throws: CaptchaMisconfiguredException, saying: /is not ticked .*"캡차\(이미지\)"/ },
    'quota-used-up': { throws: CaptchaQuotaExceededException, saying: /day's quota is used up/ },
    'too-fast': { throws: CaptchaUnavailableException, saying: /too fast/ },
  },
  'developers-audio': {
    issue: { gives: KEY },
    fetch: { gives: WAV_MEDIA },
    'compare-right': { gives: { result: 'right' } },
    'unissued-audio': { gives: { result: 'never-fetched' } },
  },
  ncloud: {
    'issue-image': { gives: KEY },
    'fetch-image': { gives: JPEG_MEDIA },
    'compare-image': { gives: { result: 'right', responseTimeSeconds: 22.9 } },
    'issue-audio': { gives: KEY },
    'fetch-audio': { gives: WAV_MEDIA },
    'invalid-key': { gives: { result: 'unknown-key' } },
    'bad-credentials': { throws: CaptchaMisconfiguredException, saying: /NAVER Cloud console/ },
    'permission-denied': { throws: CaptchaMisconfiguredException, saying: /"CAPTCHA" is ticked/ },
    'quota-exceeded': { throws: CaptchaQuotaExceededException, saying: /not ticked for the application/ },
    'rate-limited': { throws: CaptchaUnavailableException, saying: /too fast/ },
    'endpoint-timeout': { throws: CaptchaUnavailableException, saying: /status 504, code 510/ },
  },
};

const PLATFORM_OF: Readonly<Record<string, NaverPlatform>> = {
  'developers-image': 'developers',
  'developers-audio': 'developers',
  ncloud: 'ncloud',
};

describe.each(Object.keys(OUTCOMES))('NAVER as written down in %s.json', (file) => {
  // The one row without credentials in its headers is another spelling NAVER takes and the client never sends.
  const rows = fixture(file).filter(({ request }) => Object.keys(request.headers).length > 0);

  it('has an outcome for every row', () => {
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(OUTCOMES[file] ?? {}).sort());
  });

  it.each(rows)('$name', async ({ name, request, reply }) => {
    const given = Object.entries(request.headers);
    const [clientId = '', clientSecret = ''] = given.map(([, value]) =>
      value.replace('{clientId}', CLIENT_ID).replace('{clientSecret}', CLIENT_SECRET),
    );
    await using naver = await ReplayServer.start(replayOf(reply));
    await using app = await startReplayedApp(naver, {
      clientId,
      clientSecret,
      platform: PLATFORM_OF[file],
      dailyQuota: 1000,
    });
    const outcome = OUTCOMES[file]?.[name];
    const call = callOf(request.path, app.client);
    if (outcome === undefined) throw new Error(`No outcome for ${name}`);
    if ('gives' in outcome) expect(await call).toEqual(outcome.gives);
    else expect(String(await refusal(call, outcome.throws))).toMatch(outcome.saying);

    // A fault of NAVER's own is worth one more try.
    expect(naver.requests).toHaveLength(reply.status >= 500 ? 2 : 1);
    const [seen] = naver.requests;
    expect(seen?.method).toBe('GET');
    expect(seen?.path).toBe(request.path);
    expect(given.map(([header]) => seen?.headers[header.toLowerCase()])).toEqual([clientId, clientSecret]);
  });
});

describe('the platforms', () => {
  const NCLOUD_HEADERS = ['X-NCP-APIGW-API-KEY-ID', 'X-NCP-APIGW-API-KEY'];
  const NCLOUD_PATHS = {
    image: ['/captcha/v1/nkey', '/captcha-bin/v1/ncaptcha'],
    audio: ['/scaptcha/v1/skey', '/scaptcha-bin/v1/scaptcha'],
  };
  const PLATFORMS = [
    {
      platform: 'developers',
      base: 'https://openapi.naver.com',
      headers: ['X-Naver-Client-Id', 'X-Naver-Client-Secret'],
      paths: {
        image: ['/v1/captcha/nkey', '/v1/captcha/ncaptcha.bin'],
        audio: ['/v1/captcha/skey', '/v1/captcha/scaptcha'],
      },
    },
    {
      platform: 'ncloud',
      base: 'https://naveropenapi.apigw.ntruss.com',
      headers: NCLOUD_HEADERS,
      paths: NCLOUD_PATHS,
    },
    {
      platform: 'ncloud-gov',
      base: 'https://naveropenapi.apigw.gov-ntruss.com',
      headers: NCLOUD_HEADERS,
      paths: NCLOUD_PATHS,
    },
    {
      platform: 'ncloud-fin',
      base: 'https://naveropenapi.apigw-pub.fin-ntruss.com',
      headers: NCLOUD_HEADERS,
      paths: NCLOUD_PATHS,
    },
  ] as const;

  it.each(PLATFORMS)('$platform is called at $base', async ({ platform, base, headers, paths }) => {
    const asked: { url: string; headers: unknown }[] = [];
    const http = {
      request: (config: { baseURL: string; url: string; headers: unknown }) => {
        asked.push({ url: config.baseURL + config.url, headers: config.headers });
        if (config.url.includes('code=0')) return of({ status: 200, data: { key: KEY } });
        if (config.url.includes('code=1')) return of({ status: 200, data: { result: true } });
        return of({ status: 200, data: config.url.includes('scaptcha?') ? WAV : JPEG });
      },
    };
    await using app = await startReplayedApp(
      'unused',
      { platform, baseUrl: undefined, dailyQuota: 1000 },
      { override: (builder) => builder.overrideProvider(HttpService).useValue(http) },
    );
    for (const kind of ['image', 'audio'] as const) {
      expect(await app.client.issueKey(kind)).toBe(KEY);
      expect((await app.client.fetchMedia(kind, KEY)).body).toEqual(kind === 'image' ? JPEG : WAV);
      expect(await app.client.compare(kind, KEY, '1234')).toEqual({ result: 'right' });
    }
    expect(asked.map(({ url }) => url)).toEqual(
      (['image', 'audio'] as const).flatMap((kind) => [
        `${base}${paths[kind][0]}?code=0`,
        `${base}${paths[kind][1]}?key=${KEY}`,
        `${base}${paths[kind][0]}?code=1&key=${KEY}&value=1234`,
      ]),
    );
    for (const call of asked) {
      expect(call.headers).toEqual({
        [headers[0]]: CLIENT_ID,
        [headers[1]]: CLIENT_SECRET,
        'accept-encoding': 'identity',
      });
    }
  });

  it('a base URL with a path and a slash at its end is kept', async () => {
    await using naver = await ReplayServer.start(json({ key: KEY }));
    await using app = await startReplayedApp(`${naver.url}/naver/`);
    await app.client.issueKey('image');
    expect(naver.requests[0]?.path).toBe('/naver/v1/captcha/nkey?code=0');
  });
});

describe('what NAVER replies', () => {
  let naver: ReplayServer;
  let developers: ReplayedApp;
  let ncloud: ReplayedApp;

  beforeAll(async () => {
    naver = await ReplayServer.start();
    developers = await startReplayedApp(naver);
    ncloud = await startReplayedApp(naver, { platform: 'ncloud', dailyQuota: Infinity });
  });
  afterAll(async () => {
    await developers.app.close();
    await ncloud.app.close();
    await naver[Symbol.asyncDispose]();
  });

  const compare = (replay: Replay, { client } = developers): Promise<unknown> => {
    naver.say(replay);
    return client.compare('image', KEY, ANSWER);
  };

  describe('to a comparison', () => {
    it.each([
      ['a number', 84.6, 84.6],
      ['zero', 0, 0],
      ['a text', '84.6', 84.6],
      ['-1, for "cannot tell"', -1, undefined],
      ['-1 as a text', '-1', undefined],
      ['missing', undefined, undefined],
      ['null', null, undefined],
      ['no number', 'soon', undefined],
      ['an empty text', '', undefined],
      ['an object', {}, undefined],
    ])('responseTime is %s', async (_, responseTime, seconds) => {
      const time = seconds === undefined ? {} : { responseTimeSeconds: seconds };
      expect(await compare(json({ result: true, responseTime }))).toEqual({ result: 'right', ...time });
      expect(await compare(json({ result: false, responseTime }))).toEqual({ result: 'wrong', ...time });
    });

    it.each([200, 400, 403])('wrong comes with status %d', async (status) => {
      expect(await compare(json({ result: false, responseTime: 15.36 }, status))).toEqual(WRONG_15_36);
    });

    it.each([200, 403])('an unknown key comes with status %d, and is no wrong answer', async (status) => {
      const body = { result: false, errorMessage: 'Invalid key.', errorCode: 'CT001' };
      expect(await compare(json(body, status))).toEqual({ result: 'unknown-key' });
      expect(await compare(json(body, status), ncloud)).toEqual({ result: 'unknown-key' });
    });

    it.each([200, 403])('a key whose picture was never fetched, with status %d', async (status) => {
      const body = { result: false, errorMessage: 'not issued', errorCode: 'CT002' };
      expect(await compare(json(body, status))).toEqual({ result: 'never-fetched' });
    });

    it('right is right with status 200 alone', async () => {
      for (const status of [201, 206, 400, 403, 500])
        await unavailable(compare(json({ result: true }, status)));
    });

    it.each([
      ['a text', { result: 'true' }],
      ['a number', { result: 1 }],
      ['null', { result: null }],
      ['an array', { result: [true] }],
      ['right beside an error code', { result: true, errorCode: 'CT999' }],
      ['wrong beside an error code', { result: false, errorCode: 'CT999' }],
    ])('a result that is %s is an outage, with 200 and with 403', async (_, body) => {
      for (const status of [200, 403]) {
        const error = await unavailable(compare(json(body, status)));
        expect(error.message).toContain('Unexpected reply');
        expect(error.origin).toBe('naver');
      }
    });

    it('a missing result is an outage with 200, and a refusal of the application with 403', async () => {
      await unavailable(compare(json({})));
      await refusal(compare(json({}, 403)), CaptchaMisconfiguredException);
    });

    it('an array around the reply is no reply', async () => {
      await unavailable(compare(json([{ result: true }])));
    });
  });

  describe.each(Object.entries(CALLS))('to %s', (_, call) => {
    const ask = (replay: Replay, { client } = developers): Promise<unknown> => {
      naver.say(replay);
      return call(client);
    };
    const html = { 'content-type': 'text/html' };

    it.each<[string, Replay]>([
      ['HTML', { headers: html, body: '<html>점검 중입니다</html>' }],
      ['an empty body', {}],
      ['no content', { status: 204 }],
      ['cut-off JSON', { body: '{"result":true,"key":"t521bp3q' }],
      ['JSON null', json(null)],
      ['a JSON text', json('true')],
      ['a JSON number', json(1)],
      ['bytes that are no text', { body: Buffer.of(0xff, 0xfe, 0, 1) }],
    ])('200 with %s is an outage', async (_name, replay) => {
      expect((await unavailable(ask(replay))).message).toContain('Unexpected reply');
    });

    it.each<[number, string | undefined]>([
      [500, 'CT500'],
      [500, undefined],
      [502, undefined],
      [503, undefined],
    ])('%d with code %s is an outage', async (status, errorCode) => {
      const error = await unavailable(ask(json({ errorCode, errorMessage: CLIENT_SECRET }, status)));
      expect(error.origin).toBe('naver');
    });

    it.each([
      [500, '900'],
      [503, '500'],
      [504, '510'],
    ])("the gateway's %d with code %s is an outage", async (status, errorCode) => {
      expect((await unavailable(ask(json({ error: { errorCode } }, status), ncloud))).origin).toBe('naver');
    });

    it.each([301, 302, 303, 307, 308])('%d is not followed', async (status) => {
      await using elsewhere = await ReplayServer.start(json({ result: true, key: KEY }));
      await unavailable(ask({ status, headers: { location: `${elsewhere.url}/v1/captcha/nkey` } }));
      await unavailable(ask({ status, headers: { location: '/v1/captcha/nkey' } }));
      expect(elsewhere.opened).toBe(0);
    });

    it.each([
      [
        'unticked API',
        401,
        {
          errorMessage: 'Scope Status Invalid : Authentication failed. (인증에 실패했습니다.)',
          errorCode: '024',
        },
        /The CAPTCHA API is not ticked .*developers\.naver\.com.*API 설정/,
      ],
      [
        'unknown client id',
        401,
        { errorMessage: `Not Exist Client ID : ${CLIENT_ID}`, errorCode: '024' },
        /client id does not exist .*developers\.naver\.com/,
      ],
      [
        'wrong secret',
        401,
        { errorMessage: 'NID AUTH Result Invalid (1000) : Authentication failed.', errorCode: '024' },
        /id or secret is wrong.*developers\.naver\.com/,
      ],
      ['401 without a body', 401, undefined, /id or secret is wrong.*developers\.naver\.com/],
      ['403 without a code', 403, { errorMessage: 'forbidden' }, /developers\.naver\.com/],
      ['403 with a code that is not about the key', 403, { errorCode: '024' }, /developers\.naver\.com/],
      ['404', 404, { errorCode: '051', errorMessage: 'no such API' }, /baseUrl/],
      ['405', 405, undefined, /baseUrl/],
    ])('%s is a misconfiguration, with its remedy', async (_name, status, body, remedy) => {
      const error = await refusal(ask(json(body ?? '', status)), CaptchaMisconfiguredException);
      expect(error.message).toMatch(remedy);
      expect(error.message).toContain(`status ${status}`);
    });

    it.each([
      [401, '200', /NAVER Cloud console.*"CAPTCHA" is ticked/],
      [401, '210', /NAVER Cloud console.*"CAPTCHA" is ticked/],
      [404, '300', /baseUrl/],
      [400, '100', /https/],
    ])("the gateway's %d with code %s is a misconfiguration", async (status, errorCode, remedy) => {
      const body = { error: { errorCode, message: 'Exception', details: CLIENT_SECRET } };
      const error = await refusal(ask(json(body, status), ncloud), CaptchaMisconfiguredException);
      expect(error.message).toMatch(remedy);
    });

    it('a used-up quota is told apart from calls that come too fast', async () => {
      await refusal(ask(json({ errorCode: '010' }, 429)), CaptchaQuotaExceededException);
      expect((await unavailable(ask(json({ errorCode: '012' }, 429)))).origin).toBe('too-fast');
      expect((await unavailable(ask({ status: 429 }))).origin).toBe('too-fast');

      const gateway = (errorCode: string): Replay => json({ error: { errorCode } }, 429);
      const quota = await refusal(ask(gateway('400'), ncloud), CaptchaQuotaExceededException);
      expect(quota.message).toContain('"CAPTCHA" is ticked');
      for (const code of ['410', '420']) {
        expect((await unavailable(ask(gateway(code), ncloud))).origin).toBe('too-fast');
      }
    });

    it('a code written as a number is read alike', async () => {
      await refusal(ask(json({ error: { errorCode: 400 } }, 429), ncloud), CaptchaQuotaExceededException);
    });

    it('what NAVER or a proxy writes is not repeated', async () => {
      const text = `secret=${CLIENT_SECRET} value=${ANSWER}`;
      for (const status of [200, 302, 400, 401, 403, 404, 429, 500]) {
        const body = { errorCode: text, errorMessage: text, message: text };
        await refusal(ask(json(body, status)), Error as unknown as ExceptionClass);
      }
    });
  });

  describe('to issuing', () => {
    it.each([
      ['an array', [KEY]],
      ['an object', { key: KEY }],
      ['a number', 12345678],
      ['7 characters', 'a'.repeat(7)],
      ['33 characters', 'a'.repeat(33)],
      ['a slash', 'abcd/efgh'],
      ['a line break at its end', `${KEY}\n`],
      ['Hangul', '가나다라마바사아'],
    ])('a key that is or has %s is an outage', async (_, key) => {
      naver.say(json({ key }));
      await unavailable(developers.client.issueKey('image'));
    });

    it.each([8, 16, 32])('a key of %d characters is taken', async (length) => {
      naver.say(json({ key: 'K'.repeat(length) }));
      expect(await developers.client.issueKey('image')).toBe('K'.repeat(length));
    });

    it('a key with another status than 200 is none', async () => {
      naver.say(json({ key: KEY }, 201));
      await unavailable(developers.client.issueKey('image'));
    });
  });

  describe('to fetching', () => {
    const fetchMedia = (kind: CaptchaMediaKind, replay: Replay): Promise<unknown> => {
      naver.say(replay);
      return developers.client.fetchMedia(kind, KEY);
    };

    it('bytes come unchanged, and the type is what they show', async () => {
      const body = Buffer.concat([JPEG, Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))]);
      const headers = { 'content-type': 'text/html' };
      expect(await fetchMedia('image', { headers, body })).toEqual({ contentType: 'image/jpeg', body });
    });

    it('a sound is no picture, and a picture no sound', async () => {
      await unavailable(fetchMedia('image', { headers: { 'content-type': 'image/jpeg' }, body: WAV }));
      await unavailable(fetchMedia('audio', { headers: { 'content-type': 'audio/wav' }, body: JPEG }));
    });

    it('a megabyte is taken, and one byte more is an outage', async () => {
      const megabyte = Buffer.concat([JPEG, Buffer.alloc(MIB - JPEG.length)]);
      expect(await fetchMedia('image', { body: megabyte })).toMatchObject({ contentType: 'image/jpeg' });
      const body = Buffer.concat([megabyte, Buffer.of(0)]);
      for (const chunked of [false, true]) {
        expect((await unavailable(fetchMedia('image', { body, chunked }))).message).toContain('TOO_LARGE');
      }
    });

    it('a body without an end is cut off, and its socket closed', async () => {
      let closed: Promise<unknown> | undefined;
      const endless: Replay = (response, socket) => {
        closed = closing(socket);
        const more = (): void => {
          while (!response.destroyed && response.write(JPEG));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      };
      expect((await unavailable(fetchMedia('image', endless))).message).toContain('TOO_LARGE');
      await closed;
    });

    it('a key NAVER no longer knows, and one it has no media for', async () => {
      for (const kind of ['image', 'audio'] as const) {
        await refusal(fetchMedia(kind, json({ errorCode: 'CT001' }, 403)), CaptchaExpiredException);
        await refusal(fetchMedia(kind, json({ errorCode: 'CT002' }, 400)), CaptchaInvalidException);
      }
    });
  });
});

/** The two ways of a call: straight through undici, and through the application's HttpService. */
const WAYS = [
  ['straight through undici', {}],
  ["through the application's HttpService", { throughHttpService: true }],
] as const satisfies readonly [string, ReplayedSetup][];

describe.each(WAYS)('the wire, %s,', (_, way) => {
  it.each([
    'a&b=c',
    'a=b&code=0',
    '1 2+3',
    '%26%',
    '한글',
    '🐻‍❄️',
    '#?/\\',
    '\'"<>',
    'line\r\nX-Header: 1',
    '\0',
    '',
  ])('the value %j arrives as it is', async (value) => {
    await using naver = await ReplayServer.start(json({ result: false }));
    await using app = await startReplayedApp(naver, {}, way);
    await app.client.compare('image', KEY, value);
    const [request] = naver.requests;
    expect([...(request?.query ?? [])]).toEqual([
      ['code', '1'],
      ['key', KEY],
      ['value', value],
    ]);
    expect(request?.headers).not.toHaveProperty('x-header');
  });

  it('half a character is no outage of NAVER’s, wherever it stands', async () => {
    await using naver = await ReplayServer.start(json({ result: false }), { body: JPEG });
    await using app = await startReplayedApp(naver, {}, way);
    await app.client.compare('image', '\ud83d', '\udc3b');
    await app.client.fetchMedia('image', '\ud83d');

    expect(naver.requests.map(({ query }) => [query.get('key'), query.get('value')])).toEqual([
      ['\ufffd', '\ufffd'],
      ['\ufffd', null],
    ]);
  });

  it('calls one after the other share their sockets, whatever their outcome', async () => {
    await using naver = await ReplayServer.start(
      json({ key: KEY }),
      json({ errorCode: 'CT500' }, 500),
      json({ errorCode: 'CT500' }, 500),
      { body: JPEG, chunked: true },
      json({ result: false }, 403),
      json({ result: true }),
    );
    await using app = await startReplayedApp(naver, {}, way);
    await app.client.issueKey('image');
    await unavailable(app.client.issueKey('image'));
    await app.client.fetchMedia('image', KEY);
    for (let count = 0; count < 10; count += 1) await app.client.compare('image', KEY, ANSWER);
    expect(naver.requests).toHaveLength(14);
    // Two and not one: undici rests a socket for a turn of the event loop before it is used again.
    expect(naver.opened).toBeLessThanOrEqual(2);
  });

  it.each([64, 2])(
    '%d calls are under way at most, 256 wait, and more are refused at once',
    async (maxSockets) => {
      const held: (() => void)[] = [];
      let refused = 0;
      await using naver = await ReplayServer.start((response) => {
        held.push(() => response.end(JSON.stringify({ key: KEY })));
      });
      await using app = await startReplayedApp(naver, { timeoutMs: 30_000, maxSockets }, way);
      let fiveRefused = (): void => undefined;
      const allRefused = new Promise<void>((resolve) => (fiveRefused = resolve));
      const calls = Array.from({ length: maxSockets + 256 + 5 }, async () => {
        try {
          return await app.client.issueKey('image');
        } catch (thrown) {
          refused += 1;
          if (refused === 5) fiveRefused();
          throw thrown;
        }
      });
      const outcomes = Promise.allSettled(calls);
      await allRefused;
      await naver.until(() => held.length === maxSockets);
      expect(refused).toBe(5);
      expect(naver.requests).toHaveLength(maxSockets);

      naver.say(json({ key: KEY }));
      for (const release of held) release();
      const failures = (await outcomes).filter((outcome) => outcome.status === 'rejected');
      expect(failures).toHaveLength(5);
      for (const { reason } of failures) {
        expect(await unavailable(Promise.reject(reason as Error))).toHaveProperty(
          'message',
          expect.stringContaining('TOO_MANY_WAITING'),
        );
      }
      expect(naver.requests).toHaveLength(maxSockets + 256);
      expect(naver.mostOpen).toBe(maxSockets);
      // Whoever was refused took no place from those who come later.
      expect(await app.client.issueKey('image')).toBe(KEY);
    },
  );

  describe('breaks', () => {
    it.each<[string, Replay]>([
      ['before a reply', (_, socket) => void socket.resetAndDestroy()],
      ['by a polite end before a reply', (_, socket) => void socket.end()],
      [
        'after the headers',
        (response, socket) => {
          response.writeHead(200);
          response.write('{"key":"', () => socket.resetAndDestroy());
        },
      ],
      [
        'in a chunked body that would be whole JSON',
        (response, socket) => {
          response.writeHead(200, { 'transfer-encoding': 'chunked' });
          response.write(JSON.stringify({ key: KEY, result: true }), () => socket.end());
        },
      ],
      [
        'short of the promised length',
        (response, socket) => {
          response.writeHead(200, { 'content-length': '1000' });
          response.write(JSON.stringify({ key: KEY, result: true }), () => socket.end());
        },
      ],
      ['into something that is no HTTP', (_, socket) => void socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
    ])('%s', async (_, replay) => {
      await using naver = await ReplayServer.start(replay);
      await using app = await startReplayedApp(naver, {}, way);
      for (const call of Object.values(CALLS)) {
        const error = await unavailable(call(app.client));
        expect(error.origin).toBe('naver');
        expect(error.message).toContain('NAVER cannot be reached');
      }
      naver.say(json({ key: KEY }));
      expect(await app.client.issueKey('image')).toBe(KEY);
    });

    it('where nobody listens', async () => {
      const closed = await ReplayServer.start();
      const { url } = closed;
      await closed[Symbol.asyncDispose]();
      await using app = await startReplayedApp(url, {}, way);
      for (const call of Object.values(CALLS)) {
        expect((await unavailable(call(app.client))).message).toContain('ECONNREFUSED');
      }
    });
  });

  describe('the deadline', () => {
    const timeoutMs = 300;

    it.each<[string, Extract<Replay, (...args: never[]) => void>]>([
      ['silence', () => undefined],
      [
        'a body that never comes',
        (response) => {
          response.writeHead(200);
          response.flushHeaders();
        },
      ],
      [
        'a body that drips',
        (response) => {
          response.write('{');
          const drip = setInterval(() => response.write(' '), 10);
          response.on('close', () => {
            clearInterval(drip);
          });
        },
      ],
    ])('ends %s', async (_, replay) => {
      const closed: Promise<unknown>[] = [];
      await using naver = await ReplayServer.start((response, socket) => {
        closed.push(closing(socket));
        replay(response, socket);
      });
      await using app = await startReplayedApp(naver, { timeoutMs }, way);
      for (const call of Object.values(CALLS)) {
        const startedAt = performance.now();
        expect((await unavailable(call(app.client))).message).toContain('TIMEOUT');
        const tookMs = performance.now() - startedAt;
        expect(tookMs).toBeGreaterThan(timeoutMs - 20);
        expect(tookMs).toBeLessThan(timeoutMs * 10);
      }
      // What was given up is not left running.
      expect(closed).toHaveLength(3);
      await Promise.all(closed);
    });

    it('holds while a call waits for a socket, and what waited for our own calls is no outage of NAVER’s', async () => {
      await using naver = await ReplayServer.start(() => undefined);
      await using app = await startReplayedApp(naver, { timeoutMs }, way);
      const errors = await Promise.all(
        Array.from({ length: 100 }, () => unavailable(app.client.issueKey('image'))),
      );

      for (const { message } of errors) expect(message).toContain('TIMEOUT');
      expect(errors.filter(({ origin }) => origin === 'naver')).toHaveLength(64);
      expect(errors.filter(({ origin }) => origin === 'too-fast')).toHaveLength(36);
    });

    it('is one for connecting, too: a handshake without an end holds up neither later calls nor the end', async () => {
      const silent = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const { port } = silent.address() as AddressInfo;
      const app = await startReplayedApp(`https://127.0.0.1:${port}`, { timeoutMs: 50, maxSockets: 1 }, way);
      const connected = once(silent, 'connection') as Promise<[Socket]>;
      await unavailable(app.client.issueKey('image'));
      const [socket] = await connected;
      await closing(socket);

      expect((await unavailable(app.client.issueKey('image'))).origin).toBe('naver');
      await app.app.close();
      silent.close();
    });
  });
});

describe("the application's HttpService", () => {
  const GIVEN = { throughHttpService: true } as const;
  const serve = (http: object) =>
    startReplayedApp(
      'http://127.0.0.1:1',
      { timeoutMs: 150 },
      { override: (builder) => builder.overrideProvider(HttpService).useValue(http) },
    );

  // Nest's plain HttpModule hands out axios itself, so what is done to it is to be undone.
  const { interceptors, defaults } = axios;
  const before = { params: undefined, maxRedirects: undefined, ...defaults };
  afterEach(() => {
    interceptors.request.clear();
    interceptors.response.clear();
    Object.assign(defaults, before);
  });

  it('its interceptors see each call and each reply', async () => {
    await using naver = await ReplayServer.start(json({ key: KEY }));
    await using app = await startReplayedApp(naver, {}, GIVEN);
    const seen: unknown[] = [];
    expect(app.get(HttpService).axiosRef).toBe(axios);
    interceptors.request.use((config) => {
      seen.push(config.url);
      config.headers.set('x-trace', 'abc');
      return config;
    });
    interceptors.response.use((reply) => {
      seen.push(reply.status);
      return reply;
    });
    expect(await app.client.issueKey('image')).toBe(KEY);
    expect(seen).toEqual(['/v1/captcha/nkey?code=0', 200]);
    expect(naver.requests[0]?.headers['x-trace']).toBe('abc');
  });

  it('an interceptor that throws is an outage, whatever it throws', async () => {
    await using naver = await ReplayServer.start(json({ key: KEY }));
    await using app = await startReplayedApp(naver, {}, GIVEN);
    interceptors.request.use((config) => {
      throw Object.assign(new Error('broken'), { config, isAxiosError: true });
    });
    for (const call of Object.values(CALLS)) await unavailable(call(app.client));
    expect(naver.requests).toEqual([]);
  });

  it('an interceptor with a signal of its own does not lengthen the deadline', async () => {
    const closed: Promise<unknown>[] = [];
    await using naver = await ReplayServer.start((_, socket) => void closed.push(closing(socket)));
    await using app = await startReplayedApp(naver, { timeoutMs: 150 }, GIVEN);
    interceptors.request.use((config) => Object.assign(config, { signal: new AbortController().signal }));

    expect((await unavailable(app.client.issueKey('image'))).message).toContain('TIMEOUT');
    expect(closed).toHaveLength(1);
    await Promise.all(closed);
  });

  it('its defaults are for other calls', async () => {
    await using naver = await ReplayServer.start(json({ key: KEY }), { body: JPEG });
    await using app = await startReplayedApp(naver, {}, GIVEN);
    Object.assign(defaults, {
      baseURL: 'http://127.0.0.1:1',
      params: { code: '1' },
      timeout: 1,
      responseType: 'json',
      maxContentLength: 1,
      maxRedirects: 5,
      transformResponse: [() => 'junk'],
      validateStatus: () => false,
    });
    expect(await app.client.issueKey('image')).toBe(KEY);
    expect((await app.client.fetchMedia('image', KEY)).body).toEqual(JPEG);
    expect(naver.requests[0]?.path).toBe('/v1/captcha/nkey?code=0');
  });

  it('says the same to NAVER as undici does without it', async () => {
    const said = async (way: ReplayedSetup): Promise<unknown> => {
      await using naver = await ReplayServer.start(json({ result: false }));
      await using app = await startReplayedApp(`${naver.url}/path`, {}, way);
      await app.client.compare('audio', KEY, 'a b+c');
      const [{ method, path, headers } = {}] = naver.requests;
      return { method, path, headers: { ...headers, host: '' } };
    };

    expect(await said({})).toEqual(await said(GIVEN));
  });

  const SET_UPS: [string, (http: HttpService, seen: () => void) => unknown][] = [
    [
      'a spy on request()',
      (http, seen) => {
        const request = http.request.bind(http);
        return jest.spyOn(http, 'request').mockImplementation((config) => {
          seen();
          return request(config);
        });
      },
    ],
    [
      "a spy on axios's request()",
      (http, seen) => {
        const request = http.axiosRef.request.bind(http.axiosRef);
        return jest.spyOn(http.axiosRef, 'request').mockImplementation((config) => {
          seen();
          return request(config);
        });
      },
    ],
    [
      'an interceptor',
      (http, seen) =>
        http.axiosRef.interceptors.response.use((reply) => {
          seen();
          return reply;
        }),
    ],
    [
      'an adapter of its own',
      (http, seen) => {
        http.axiosRef.defaults.adapter = (config) => {
          seen();
          return Promise.resolve({ status: 200, statusText: '', headers: {}, config, data: { key: KEY } });
        };
      },
    ],
  ];

  it.each(SET_UPS)('is asked with %s if it is given', async (_, setUp) => {
    await using naver = await ReplayServer.start(json({ key: KEY }));
    await using app = await startReplayedApp(naver, {}, GIVEN);
    let asked = 0;
    await app.client.issueKey('image');
    setUp(app.get(HttpService), () => (asked += 1));

    expect(await app.client.issueKey('image')).toBe(KEY);
    expect(asked).toBe(1);
    jest.restoreAllMocks();
  });

  it.each(SET_UPS)('is not asked with %s if it is not given', async (_, setUp) => {
    await using naver = await ReplayServer.start(json({ key: KEY }));
    await using app = await startReplayedApp(naver, {}, { imports: [HttpModule] });
    let asked = 0;
    setUp(app.get(HttpService), () => (asked += 1));

    expect(await app.client.issueKey('image')).toBe(KEY);
    expect(asked).toBe(0);
    expect(naver.requests).toHaveLength(1);
    jest.restoreAllMocks();
  });

  it('is asked with a spy that was there before the application was made', async () => {
    await using naver = await ReplayServer.start(json({ key: KEY }));
    const spy = jest.spyOn(axios, 'request');
    await using app = await startReplayedApp(naver, {}, GIVEN);

    expect(await app.client.issueKey('image')).toBe(KEY);
    expect(spy).toHaveBeenCalledTimes(1);
    spy.mockRestore();
  });

  it.each(['given', 'put in its place by a test'])('is asked if it is a subclass, %s', async (how) => {
    let asked = 0;
    class Counting extends HttpService {
      override request: HttpService['request'] = (config) => {
        asked += 1;
        return super.request(config);
      };
    }
    await using naver = await ReplayServer.start(json({ key: KEY }));
    await using app = await (how === 'given'
      ? startReplayedApp(naver, { httpService: new Counting() })
      : startReplayedApp(
          naver,
          {},
          { override: (builder) => builder.overrideProvider(HttpService).useClass(Counting) },
        ));

    expect(await app.client.issueKey('image')).toBe(KEY);
    expect(asked).toBe(1);
  });

  it('a token that is a default of its own never reaches NAVER', async () => {
    await using naver = await ReplayServer.start(json({ key: KEY }));
    await using app = await startReplayedApp(naver, {}, GIVEN);
    const { headers } = app.get(HttpService).axiosRef.defaults;
    headers.common.Authorization = 'Bearer of-another-service';
    try {
      await app.client.issueKey('image');
      interceptors.request.use((config) => config);
      await app.client.issueKey('image');
    } finally {
      delete headers.common.Authorization;
    }

    expect(naver.requests.map((request) => request.headers.authorization)).toEqual([undefined, undefined]);
  });

  it('credentials that are a default of its own, too, reach NAVER', async () => {
    await using naver = await ReplayServer.start(json({ key: KEY }));
    await using app = await startReplayedApp(naver, {}, GIVEN);
    const { common } = app.get(HttpService).axiosRef.defaults.headers;
    Object.assign(common, { 'X-NAVER-Client-Id': CLIENT_ID, 'X-Naver-Client-Secret': CLIENT_SECRET });
    try {
      await app.client.issueKey('image');
      interceptors.request.use((config) => config);
      await app.client.issueKey('image');
    } finally {
      delete common['X-NAVER-Client-Id'];
      delete common['X-Naver-Client-Secret'];
    }

    expect(naver.requests).toHaveLength(2);
    for (const { headers } of naver.requests) {
      expect(headers).toMatchObject({
        'x-naver-client-id': CLIENT_ID,
        'x-naver-client-secret': CLIENT_SECRET,
      });
    }
  });

  it.each<[string, (request: () => Promise<unknown>) => object]>([
    ['has nothing but request()', (request) => ({ request })],
    ['has defaults and no interceptors', (request) => ({ request, defaults: {} })],
    [
      'makes itself',
      (request) => {
        const mock: AxiosInstance = Object.assign(axios.create(), { request, create: () => mock });
        return mock;
      },
    ],
  ])('a mock of axios that %s is believed', async (_, mock) => {
    const request = () => Promise.resolve({ status: 200, data: { key: KEY } });
    const httpService = new HttpService(mock(request) as AxiosInstance);
    await using app = await startReplayedApp('http://127.0.0.1:1', { httpService });
    expect(await app.client.issueKey('image')).toBe(KEY);
  });

  it('a mock in place of the one that is given is believed', async () => {
    const http = { request: () => of({ status: 200, data: { key: KEY } }) };
    await using app = await startReplayedApp(
      'http://127.0.0.1:1',
      {},
      { ...GIVEN, override: (builder) => builder.overrideProvider(HttpService).useValue(http) },
    );
    expect(await app.client.issueKey('image')).toBe(KEY);
  });

  it('a mock in its place is believed', async () => {
    await using app = await serve({ request: () => of({ status: 200, data: { key: KEY } }) });
    expect(await app.client.issueKey('image')).toBe(KEY);
  });

  it('one that never emits is ended by the deadline', async () => {
    await using app = await serve({ request: () => NEVER });
    for (const call of Object.values(CALLS)) {
      expect((await unavailable(call(app.client))).message).toContain('TIMEOUT');
    }
  });

  const junk: [string, () => Observable<unknown> | undefined][] = [
    ['throws', () => throwError(() => new Error(`${CLIENT_SECRET} ${ANSWER}`))],
    [
      'throws at once',
      () => {
        throw new Error(`${CLIENT_SECRET} ${ANSWER}`);
      },
    ],
    ['throws what is no error', () => throwError(() => CLIENT_SECRET)],
    ['returns nothing', () => undefined],
    ['ends without a reply', () => of()],
    ...[{}, undefined, null, 42, 'junk', [], { status: 200 }, { status: '200', data: { result: true } }].map(
      (emitted): [string, () => Observable<unknown>] => [`emits ${inspect(emitted)}`, () => of(emitted)],
    ),
  ];
  it.each(junk)('one that %s is an outage', async (_, request) => {
    await using app = await serve({ request });
    for (const call of Object.values(CALLS)) await unavailable(call(app.client));
  });
});

describe('after the shutdown', () => {
  it('a call reaches nobody, and is counted nowhere', async () => {
    await using naver = await ReplayServer.start(json({ key: KEY }));
    const store = new MemoryCaptchaStore();
    const app = await startReplayedApp(naver, { store }, { gated: true });
    await app.client.issueKey('image');
    const used = (await app.captcha.quota()).image.used;
    await app.app.close();
    await unavailable(app.client.issueKey('image'));

    expect((await app.captcha.quota()).image.used).toBe(used);
    expect(naver.requests).toHaveLength(1);
  });
});

describe('events', () => {
  it('tell of every call, its outcome, and nothing of secret, key or answer', async () => {
    await using naver = await ReplayServer.start(
      json({ key: KEY }),
      { body: WAV },
      json({ result: true }),
      json({ errorCode: '024' }, 401),
    );
    await using app = await startReplayedApp(naver, {}, { gated: true });
    const events: CaptchaEvent[] = [];
    app.get<Observable<CaptchaEvent>>(CAPTCHA_EVENTS).subscribe((event) => events.push(event));
    await app.client.issueKey('image');
    await app.client.fetchMedia('audio', KEY);
    await app.client.compare('image', KEY, ANSWER);
    await refusal(app.client.issueKey('audio'), CaptchaMisconfiguredException);

    const base = { type: 'upstream.call', platform: 'developers', sent: true, status: 200, durationMs: 0 };
    expect(events.filter(({ type }) => type === 'upstream.call')).toEqual([
      { ...base, kind: 'image', operation: 'issue' },
      { ...base, kind: 'audio', operation: 'fetch' },
      { ...base, kind: 'image', operation: 'compare' },
      { ...base, kind: 'audio', operation: 'issue', status: 401, code: 'CAPTCHA_MISCONFIGURED' },
    ]);
  });

  it('tell that NAVER never heard of a call that too many of our own refused', async () => {
    const held: (() => void)[] = [];
    await using naver = await ReplayServer.start((response) => {
      held.push(() => response.end(JSON.stringify({ key: KEY })));
    });
    await using app = await startReplayedApp(naver, { timeoutMs: 30_000, maxSockets: 1 }, { gated: true });
    const refused = firstValueFrom(app.get<Observable<CaptchaEvent>>(CAPTCHA_EVENTS));
    const calls = Promise.allSettled(Array.from({ length: 258 }, () => app.client.issueKey('image')));
    const event = await refused;
    await naver.until(() => held.length === 1);
    naver.say(json({ key: KEY }));
    for (const release of held) release();
    await calls;

    expect(event).toEqual({
      type: 'upstream.call',
      platform: 'developers',
      kind: 'image',
      operation: 'issue',
      sent: false,
      durationMs: 0,
      code: 'CAPTCHA_UNAVAILABLE',
    });
    expect(naver.requests).toHaveLength(257);
  });
});
