import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  type INestApplication,
  type LoggerService,
  SetMetadata,
  type Type,
  VersioningType,
} from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import { hash, solverHash, solverSource, source } from 'naver-captcha-widget/source';
import {
  CaptchaGuard,
  type CaptchaRoutesOptions,
  NaverCaptchaModule,
  type NaverCaptchaModuleOptions,
  RequireCaptcha,
} from 'nestjs-naver-captcha';

import {
  type Adapter,
  ADAPTERS,
  type AppSetup,
  type JsonReply,
  postJson,
  type RunningApp,
  startApp,
} from '../support/app.ts';
import { json, JPEG, ReplayServer } from '../support/replay-server.ts';
import { reaching, signupController } from '../support/signup.ts';

let emulator: NaverCaptchaEmulator;

beforeEach(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 10, dailyQuota: 1_000_000, maxRequests: 10_000 });
});

afterEach(() => emulator.close());

interface RoutesSetup extends AppSetup {
  readonly routes?: CaptchaRoutesOptions | boolean;
  readonly options?: NaverCaptchaModuleOptions;
}

function start(
  adapter: Adapter,
  { routes = true, options, ...setup }: RoutesSetup = {},
): Promise<RunningApp> {
  return startApp({
    adapter,
    imports: [NaverCaptchaModule.forRoot({ ...reaching(emulator), ...options, routes })],
    controllers: [signupController()],
    ...setup,
  });
}

interface Challenge {
  readonly key: string;
  readonly kind: string;
  readonly expiresAt: string;
  readonly expiresInSeconds: number;
  readonly media?: { contentType: string; data: string };
}

async function challenge(app: RunningApp, body: object = {}): Promise<Challenge> {
  const reply = await postJson(`${app.url}/captcha`, body);
  expect(reply.status).toBe(201);
  return reply.body as Challenge;
}

function media(app: RunningApp, key: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${app.url}/captcha/media?${new URLSearchParams({ key }).toString()}`, init);
}

const upstream = (of?: 'issue' | 'fetch'): number =>
  emulator.requests.filter(({ call }) => of === undefined || call === of).length;
const codeOf = ({ body }: JsonReply): unknown => (body as { code?: unknown }).code;

describe.each(ADAPTERS)('the routes on %s', (adapter) => {
  it('are off by default', async () => {
    await using app = await start(adapter, { routes: false });

    expect((await postJson(`${app.url}/captcha`, {})).status).toBe(404);
  });

  it('take a person from the challenge to the protected handler', async () => {
    await using app = await start(adapter);
    const { key, kind, expiresAt, expiresInSeconds } = await challenge(app);
    const picture = await media(app, key);

    expect(kind).toBe('image');
    expect(Date.parse(expiresAt)).toBe(app.clock.now() + 600_000);
    expect(expiresInSeconds).toBe(600);
    expect(picture.headers.get('content-type')).toBe('image/jpeg');
    expect(Buffer.from(await picture.arrayBuffer()).subarray(0, 3)).toEqual(Buffer.of(0xff, 0xd8, 0xff));

    const captchaValue = emulator.keys[0]?.answer;
    expect((await postJson(`${app.url}/signup`, { captchaKey: key, captchaValue })).status).toBe(200);
  });

  it('keep nothing in a cache, and let nothing in a picture run', async () => {
    await using app = await start(adapter);
    const made = await postJson(`${app.url}/captcha`, {});
    const picture = await media(app, (made.body as Challenge).key);
    const refused = await media(app, 'no-key');

    for (const { headers } of [made, picture, refused]) expect(headers.get('cache-control')).toBe('no-store');
    expect(Object.fromEntries(picture.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': 'sandbox',
      'cross-origin-resource-policy': 'same-origin',
    });
  });

  it('give key and picture in one round trip where that is asked for', async () => {
    await using app = await start(adapter);
    const { key, media: inlined } = await challenge(app, { media: 'inline' });
    const before = upstream();
    const picture = Buffer.from(await (await media(app, key)).arrayBuffer());

    expect(inlined?.contentType).toBe('image/jpeg');
    expect(Buffer.from(inlined?.data ?? '', 'base64')).toEqual(picture);
    expect(upstream()).toBe(before);
  });

  it('give a key whose picture could not be inlined all the same: it can be fetched still', async () => {
    await using app = await start(adapter);
    emulator.failNext({ fault: 'system-error', call: 'fetch', times: 2 });
    const { key, media: inlined } = await challenge(app, { media: 'inline' });

    expect(inlined).toBeUndefined();
    expect((await media(app, key)).status).toBe(200);
  });

  it('serve sounds, whole, in pieces, and by HEAD, from one fetch', async () => {
    await using app = await start(adapter);
    const { key, kind } = await challenge(app, { kind: 'audio', action: 'signup' });
    expect(kind).toBe('audio');
    const whole = await media(app, key);
    const sound = Buffer.from(await whole.arrayBuffer());
    expect(whole.headers.get('content-type')).toBe('audio/wav');
    expect(whole.headers.get('accept-ranges')).toBe('bytes');

    const piece = await media(app, key, { headers: { range: 'bytes=10-19' } });
    expect(piece.status).toBe(206);
    expect(piece.headers.get('content-range')).toBe(`bytes 10-19/${sound.length}`);
    expect(Buffer.from(await piece.arrayBuffer())).toEqual(sound.subarray(10, 20));

    const tail = await media(app, key, { headers: { range: 'bytes=-4' } });
    expect(Buffer.from(await tail.arrayBuffer())).toEqual(sound.subarray(-4));

    const beyond = await media(app, key, { headers: { range: `bytes=${sound.length}-` } });
    expect(beyond.status).toBe(416);

    const odd = await media(app, key, { headers: { range: 'lines=1-2' } });
    expect(odd.status).toBe(200);

    const head = await media(app, key, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe(String(sound.length));
    expect(upstream('fetch')).toBe(1);
  });

  it('fetch a picture while its key is on the way to the page, and once', async () => {
    const shown = { body: JPEG };
    await using naver = await ReplayServer.start(json({ key: 'abcdefgh12345678' }), shown);
    await using app = await start(adapter, { options: { baseUrl: naver.url } });
    const { key } = await challenge(app);
    await naver.until(({ requests }) => requests.length === 2);

    expect(Buffer.from(await (await media(app, key)).arrayBuffer())).toEqual(JPEG);
    expect(naver.requests.map(({ query }) => [...query.keys()])).toEqual([['code'], ['key']]);
  });

  it('fetch from NAVER at most five times a key', async () => {
    await using app = await start(adapter);
    emulator.failNext({ fault: 'html', call: 'fetch', times: 100 });
    const { key } = await challenge(app);

    const statuses = [];
    for (let time = 0; time < 7; time += 1) statuses.push((await media(app, key)).status);

    expect(upstream('fetch')).toBe(5);
    // The first of five was made while the key was on its way, and the page may have come in time to share it.
    expect(statuses.slice(0, 4)).toEqual([503, 503, 503, 503]);
    expect(statuses.slice(5)).toEqual([429, 429]);
  });

  it.each([
    ['an unknown kind', { kind: 'video' }],
    ['a kind that is an array', { kind: ['image'] }],
    ['an absurd action', { action: 'x'.repeat(10_000) }],
    ['an action of odd characters', { action: 'Sign Up!' }],
    ['an action that is an object', { action: {} }],
    ['an unknown media', { media: 'stream' }],
    ['an array', []],
  ])('refuse %s without asking NAVER', async (_, body) => {
    await using app = await start(adapter);

    const reply = await postJson(`${app.url}/captcha`, body);

    expect(reply).toMatchObject({ status: 400, body: { code: 'CAPTCHA_BAD_REQUEST' } });
    expect(upstream()).toBe(0);
  });

  it.each([
    ['no body', { method: 'POST' }, 201],
    [
      'a wrong content type',
      { method: 'POST', headers: { 'content-type': 'text/x-nothing' }, body: 'x' },
      undefined,
    ],
    [
      '100 KB',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: `{"a":"${'x'.repeat(110_000)}"}`,
      },
      undefined,
    ],
    [
      'cut-off JSON',
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"kind":' },
      400,
    ],
  ])('take %s without a 500', async (_, init, expected) => {
    await using app = await start(adapter);

    const { status } = await fetch(`${app.url}/captcha`, init);

    if (expected === undefined) expect(status).toBeLessThan(500);
    else expect(status).toBe(expected);
  });

  it.each([
    ['forged', 'A'.repeat(91), 400, 'CAPTCHA_INVALID'],
    ['short', 'no', 400, 'CAPTCHA_INVALID'],
    ['huge', 'A'.repeat(8000), 400, 'CAPTCHA_INVALID'],
    ['empty', '', 400, 'CAPTCHA_INVALID'],
  ])('refuse a %s key without asking NAVER', async (_, key, status, code) => {
    await using app = await start(adapter);

    const reply = await media(app, key);

    expect({ status: reply.status, code: ((await reply.json()) as { code: string }).code }).toEqual({
      status,
      code,
    });
    expect(upstream()).toBe(0);
  });

  it('refuse a missing, a doubled and an expired key, and one of another application', async () => {
    await using app = await start(adapter);
    await using other = await start(adapter, {
      options: { signingSecret: 'another secret of more than 32 characters' },
    });
    const { key } = await challenge(app);
    const foreign = await challenge(other);
    expect([await media(app, key), await media(other, foreign.key)].map(({ status }) => status)).toEqual([
      200, 200,
    ]);
    const before = upstream();

    expect((await fetch(`${app.url}/captcha/media`)).status).toBe(400);
    expect((await fetch(`${app.url}/captcha/media?key=${key}&key=${key}`)).status).toBe(400);
    expect((await media(app, foreign.key)).status).toBe(400);
    app.clock.advance(600_000);
    expect(await (await media(app, key)).json()).toMatchObject({ code: 'CAPTCHA_EXPIRED' });
    expect(upstream()).toBe(before);
  });

  it('serve ten challenges a minute to an address, and say when to come back', async () => {
    await using app = await start(adapter);

    const replies = await Promise.all(Array.from({ length: 1000 }, () => postJson(`${app.url}/captcha`, {})));

    expect(replies.filter(({ status }) => status === 201)).toHaveLength(10);
    const refused = replies.filter(({ status }) => status !== 201);
    expect(new Set(refused.map(codeOf))).toEqual(new Set(['CAPTCHA_TOO_MANY']));
    expect(refused[0]?.headers.get('retry-after')).toBe('60');
    expect(upstream('issue')).toBe(10);
  }, 60_000);

  it('count who hangs up, too', async () => {
    await using app = await start(adapter);
    const { port } = new URL(app.url);
    await Promise.all(Array.from({ length: 60 }, () => postAndReset(Number(port))));

    // Whatever is served after them is served after they were judged.
    const replies = await Promise.all(Array.from({ length: 20 }, () => postJson(`${app.url}/captcha`, {})));

    expect(replies.filter(({ status }) => status === 201).length).toBeLessThanOrEqual(10);
    expect(upstream('issue')).toBeLessThanOrEqual(20);
  });

  it.each([
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, 403],
    ['another site in an old browser', { origin: 'https://evil.example' }, 403],
    ['a page without an origin of its own', { origin: 'null', 'sec-fetch-site': 'cross-site' }, 403],
    ['an allowed site', { origin: 'https://shop.example.com', 'sec-fetch-site': 'cross-site' }, 201],
    ['this site', { origin: 'https://www.example.com', 'sec-fetch-site': 'same-origin' }, 201],
    ['no browser', {}, 201],
  ])('answer %s as they should', async (_, headers: Record<string, string>, status) => {
    await using app = await start(adapter, { routes: { allowedOrigins: ['https://shop.example.com'] } });

    // fetch() sets such headers itself: node:http does not.
    expect(await rawPost(`${app.url}/captcha`, headers)).toBe(status);
  });

  it('answer this site in an old browser', async () => {
    await using app = await start(adapter);

    expect(await rawPost(`${app.url}/captcha`, { origin: app.url })).toBe(201);
  });

  it.each([
    ['widget.js', source, hash],
    ['solver.js', solverSource, solverHash],
  ])('serve the widget’s script %s with a tag and a long life', async (name, text, hashOfText) => {
    await using app = await start(adapter);
    const script = await fetch(`${app.url}/captcha/${name}`);
    const etag = script.headers.get('etag') ?? '';

    expect(await script.text()).toBe(text);
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(script.headers.get('cache-control')).toBe('public, max-age=86400');
    const again = await fetch(`${app.url}/captcha/${name}`, { headers: { 'if-none-match': etag } });
    expect({ status: again.status, body: await again.text() }).toEqual({ status: 304, body: '' });
    const versioned = await fetch(`${app.url}/captcha/${name}?v=${hashOfText}`);
    expect(versioned.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  it('stand behind a global prefix and beside versions, at a path of their own', async () => {
    await using app = await start(adapter, {
      routes: { path: 'human' },
      configure: (nest: INestApplication) => {
        nest.setGlobalPrefix('api');
        nest.enableVersioning({ type: VersioningType.URI });
      },
    });

    expect((await postJson(`${app.url}/api/human`, {})).status).toBe(201);
  });

  it('are open where everything else is protected', async () => {
    await using app = await start(adapter, { providers: [{ provide: APP_GUARD, useClass: CaptchaGuard }] });

    expect((await postJson(`${app.url}/captcha`, {})).status).toBe(201);
  });

  it('carry the decorators they are given', async () => {
    class LoggedInGuard implements CanActivate {
      canActivate(context: ExecutionContext): boolean {
        return new Reflector().get('public', context.getClass()) === true;
      }
    }
    const providers = [{ provide: APP_GUARD, useClass: LoggedInGuard }];
    await using closed = await start(adapter, { providers });
    await using open = await start(adapter, {
      providers,
      routes: { decorators: [SetMetadata('public', true)] },
    });

    expect((await postJson(`${closed.url}/captcha`, {})).status).toBe(403);
    expect((await postJson(`${open.url}/captcha`, {})).status).toBe(201);
  });

  it('make keys for whom binding says', async () => {
    const binding = (context: ExecutionContext): string =>
      context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-session'] ?? '';
    await using app = await start(adapter, {
      routes: { binding },
      controllers: [signupController({ binding })],
    });
    const { body } = await postJson(`${app.url}/captcha`, {}, { 'x-session': 'one' });
    const { key } = body as Challenge;
    await media(app, key);
    const answer = { captchaKey: key, captchaValue: emulator.keys[0]?.answer };

    expect(codeOf(await postJson(`${app.url}/signup`, answer, { 'x-session': 'two' }))).toBe(
      'CAPTCHA_INVALID',
    );
    expect((await postJson(`${app.url}/signup`, answer, { 'x-session': 'one' })).status).toBe(200);
  });

  it('warn once where a proxy is not trusted', async () => {
    const warnings: string[] = [];
    const silent = (): void => undefined;
    const logger: LoggerService = { log: silent, error: silent, warn: (line: string) => warnings.push(line) };
    await using app = await start(adapter, { logger });
    await postJson(`${app.url}/captcha`, {});
    expect(warnings).toEqual([]);

    for (let time = 0; time < 3; time += 1) {
      await postJson(`${app.url}/captcha`, {}, { 'x-forwarded-for': '203.0.113.9, 10.0.0.1' });
      app.clock.advance(120_000);
    }

    expect(warnings).toEqual([expect.stringMatching(/^CAPTCHA_PROXY: .*trust proxy/)]);
  });

  it('speak the person’s language', async () => {
    await using app = await start(adapter);
    const reply = await media(app, 'no-key', { headers: { 'accept-language': 'en' } });

    expect(await reply.json()).toMatchObject({ message: expect.stringMatching(/^The captcha is not valid/) });
  });

  it('are described in an OpenAPI document', async () => {
    @Controller('other')
    class OtherController {
      @Get()
      @RequireCaptcha()
      other(): void {
        // Only there to be beside the routes.
      }
    }
    await using app = await start(adapter, { controllers: [OtherController as Type] });
    const { paths } = SwaggerModule.createDocument(app.app, new DocumentBuilder().build());

    expect(Object.keys(paths).sort()).toEqual([
      '/captcha',
      '/captcha/media',
      '/captcha/solver.js',
      '/captcha/widget.js',
      '/other',
    ]);
    expect(paths['/captcha']?.post).toMatchObject({
      summary: 'Makes a captcha challenge',
      requestBody: {
        content: { 'application/json': { schema: { properties: { kind: { enum: ['image', 'audio'] } } } } },
      },
      responses: { '201': expect.anything(), '429': expect.anything() },
    });
    expect(paths['/captcha/media']?.get?.parameters).toMatchObject([
      { name: 'key', in: 'query', required: true },
    ]);
  });
});

describe('mistakes in the routes', () => {
  it('stop the boot: raw keys', async () => {
    await expect(start('express', { options: { keys: 'raw' } })).rejects.toThrow(
      /routes cannot be used with keys: 'raw'/,
    );
  });
});

async function rawPost(url: string, headers: Record<string, string>): Promise<number> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    request(url, { method: 'POST', headers }, (reply) => {
      reply.resume();
      resolve(reply.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

/** Asks for a challenge, and resets the connection before the reply. */
async function postAndReset(port: number): Promise<void> {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write('POST /captcha HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n', () => {
        socket.resetAndDestroy();
        resolve();
      });
    });
  });
}
