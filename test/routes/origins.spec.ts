import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:http2';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import { exposedHeaders, NaverCaptchaModule } from 'nestjs-naver-captcha';

import { ADAPTERS, postJson, type RunningApp } from '../support/app.ts';
import { KeptLogs } from '../support/logs.ts';
import { startRoutes } from './support/routes.ts';

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 18, dailyQuota: 1_000_000, maxRequests: 10_000 });
});

afterAll(() => emulator.close());

const SHOP = 'https://shop.example.com';
const APP = 'capacitor://localhost';

interface RawReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** `fetch` sets such headers itself: `node:http` does not. */
async function send(
  { url }: RunningApp,
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    request(`${url}/captcha${path}`, { method, headers }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('end', () => {
        resolve({
          status: reply.statusCode ?? 0,
          headers: reply.headers,
          body: Buffer.concat(chunks).toString(),
        });
      });
    })
      .on('error', reject)
      .end();
  });
}

const originLines = (logger: KeptLogs): string[] =>
  logger.of('warn').filter((line) => line.includes('CAPTCHA_ORIGIN'));

describe.each(ADAPTERS)('a page that asks for a challenge on %s', (adapter) => {
  it.each([
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['another site in an old browser', { origin: 'https://evil.example' }],
    ['another site that sends no Origin', { 'sec-fetch-site': 'cross-site' }],
    [
      'another origin of the same site',
      { origin: 'https://blog.example.com', 'sec-fetch-site': 'same-site' },
    ],
    ['another origin of the same site that sends no Origin', { 'sec-fetch-site': 'same-site' }],
    ['a page without an origin of its own', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['an app that is not named', { origin: 'ionic://localhost', 'sec-fetch-site': 'cross-site' }],
    ['a name that only begins alike', { origin: `${SHOP}.evil.example`, 'sec-fetch-site': 'cross-site' }],
    ['the host in another case than the one it has', { origin: 'https://SHOP.example.com' }],
    ['a proxy’s word', { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' }],
    ['another port', { origin: 'http://127.0.0.1:1' }],
  ])('is refused: %s', async (_, headers: Record<string, string>) => {
    await using app = await startRoutes(emulator, adapter, { routes: { allowedOrigins: [SHOP, APP] } });
    const before = emulator.requests.length;
    const reply = await send(app, 'POST', '', headers);

    expect({ status: reply.status, code: (JSON.parse(reply.body) as { code: string }).code }).toEqual({
      status: 403,
      code: 'CAPTCHA_ORIGIN',
    });
    expect(emulator.requests).toHaveLength(before);
  });

  it.each([
    ['an allowed site', { origin: SHOP, 'sec-fetch-site': 'cross-site' }],
    ['an allowed origin of the same site', { origin: SHOP, 'sec-fetch-site': 'same-site' }],
    ['an allowed app', { origin: APP, 'sec-fetch-site': 'cross-site' }],
    ['this origin', { origin: 'https://www.example.com', 'sec-fetch-site': 'same-origin' }],
    ['what a person typed', { 'sec-fetch-site': 'none' }],
    ['no browser', {}],
    ['this origin in an old browser', { origin: 'https://www.example.com', host: 'www.example.com' }],
    [
      'its default port, which a proxy adds',
      { origin: 'https://www.example.com', host: 'www.example.com:443' },
    ],
  ])('is served: %s', async (_, headers: Record<string, string>) => {
    await using app = await startRoutes(emulator, adapter, { routes: { allowedOrigins: [SHOP, APP] } });

    expect((await send(app, 'POST', '', headers)).status).toBe(201);
  });

  it('of another origin burns none of the visitor’s challenges', async () => {
    await using app = await startRoutes(emulator, adapter);
    const foreign = { origin: 'https://blog.example.com', 'sec-fetch-site': 'same-site' };
    for (let time = 0; time < 12; time += 1) await send(app, 'POST', '', foreign);

    for (let time = 0; time < 10; time += 1)
      expect((await postJson(`${app.url}/captcha`, {})).status).toBe(201);
  });

  it('is named in the log with the option, once a minute, whatever origins it makes up', async () => {
    const logger = new KeptLogs();
    await using app = await startRoutes(emulator, adapter, { logger });
    for (let time = 0; time < 5; time += 1) {
      await send(app, 'POST', '', { origin: `https://evil-${time}.example`, 'sec-fetch-site': 'cross-site' });
    }

    expect(originLines(logger)).toEqual([
      expect.stringMatching(/^warn CAPTCHA_ORIGIN: .*https:\/\/evil-0\.example .*routes\.allowedOrigins/),
    ]);
    app.clock.advance(60_000);
    await send(app, 'POST', '', { origin: `https://${'x'.repeat(5000)}`, 'sec-fetch-site': 'cross-site' });
    expect(originLines(logger)).toHaveLength(2);
    expect(originLines(logger)[1]?.length).toBeLessThan(1000);
  });
});

describe('a page of this origin over HTTP/2 without Sec-Fetch-Site, on fastify', () => {
  it.each([
    ['is served', (url: string) => url, 201],
    ['is refused from another origin', () => 'https://evil.example', 403],
  ])('%s', async (_, originOf, status) => {
    const httpAdapter = new FastifyAdapter({ http2: true });
    await using app = await startRoutes(emulator, 'fastify', { httpAdapter });
    const session = connect(app.url);
    try {
      const stream = session.request({ ':method': 'POST', ':path': '/captcha', origin: originOf(app.url) });
      const [headers] = (await once(stream, 'response')) as [{ ':status': number }];
      expect(headers[':status']).toBe(status);
      stream.close();
    } finally {
      session.close();
    }
  });
});

describe.each(ADAPTERS)('replies to other origins on %s', (adapter) => {
  const foreign = { origin: SHOP, 'sec-fetch-site': 'cross-site' };

  async function replies(app: RunningApp, headers: Record<string, string>): Promise<RawReply[]> {
    const made = await send(app, 'POST', '', headers);
    const { key = 'none' } = JSON.parse(made.body) as { key?: string };
    return [
      made,
      await send(app, 'GET', `/media?key=${key}`, headers),
      await send(app, 'GET', '/media?key=forged', headers),
      await send(app, 'GET', '/widget.js', headers),
      await send(app, 'GET', '/solver.js', headers),
    ];
  }

  it('can be read and shown by pages of allowed origins: challenge, media, refusal, script', async () => {
    await using app = await startRoutes(emulator, adapter, { routes: { allowedOrigins: [SHOP] } });
    const all = await replies(app, foreign);

    expect(all.map(({ status }) => status)).toEqual([201, 200, 400, 200, 200]);
    for (const { headers } of all) {
      expect(headers).toMatchObject({
        'access-control-allow-origin': SHOP,
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': 'Retry-After, X-Captcha-Required',
        'cross-origin-resource-policy': 'cross-origin',
        vary: expect.stringMatching(/\bOrigin\b/),
      });
    }
  });

  it('vary by origin for every origin, and name no other', async () => {
    await using app = await startRoutes(emulator, adapter, { routes: { allowedOrigins: [SHOP] } });

    for (const headers of [{}, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }]) {
      for (const reply of await replies(app, headers)) {
        expect(reply.headers['access-control-allow-origin']).toBeUndefined();
        expect(reply.headers.vary).toMatch(/\bOrigin\b/);
      }
    }
  });

  it('are for this origin alone if none is allowed', async () => {
    await using app = await startRoutes(emulator, adapter);

    for (const { headers } of await replies(app, {})) {
      expect(headers['cross-origin-resource-policy']).toBe('same-origin');
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('keep what the application itself varies by, and agree with its CORS', async () => {
    await using app = await startRoutes(emulator, adapter, {
      routes: { allowedOrigins: [SHOP] },
      configure: (nest) => {
        nest.enableCors({ origin: [SHOP, 'https://other.example'], exposedHeaders });
        nest.use(
          (_: unknown, response: { setHeader(name: string, value: string): void }, next: () => void) => {
            response.setHeader('X-Middleware', '1');
            next();
          },
        );
      },
    });

    for (const reply of await replies(app, foreign)) {
      expect(reply.headers).toMatchObject({
        'access-control-allow-origin': SHOP,
        'access-control-expose-headers': expect.stringMatching(/Retry-After, ?X-Captcha-Required/),
        'x-middleware': '1',
      });
      expect(reply.headers.vary?.match(/Origin/gi)).toHaveLength(1);
    }
  });

  it('answer the preflight of an allowed origin, with the headers that its page wants to send', async () => {
    await using app = await startRoutes(emulator, adapter, { routes: { allowedOrigins: [SHOP] } });
    const preflight = {
      ...foreign,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,x-csrf-token',
    };

    for (const path of ['', '/media']) {
      const reply = await send(app, 'OPTIONS', path, preflight);
      expect(reply).toMatchObject({
        status: 204,
        body: '',
        headers: {
          'access-control-allow-origin': SHOP,
          'access-control-allow-credentials': 'true',
          'access-control-allow-methods': 'GET, POST',
          'access-control-allow-headers': 'content-type,x-csrf-token',
        },
      });
    }
  });

  it('refuse the preflight of another origin, and name it in the log', async () => {
    const logger = new KeptLogs();
    await using app = await startRoutes(emulator, adapter, { logger });
    const reply = await send(app, 'OPTIONS', '', foreign);

    expect(reply.status).toBe(403);
    expect(reply.headers['access-control-allow-origin']).toBeUndefined();
    expect(originLines(logger)).toEqual([expect.stringContaining(SHOP)]);
  });
});

describe('routes.allowedOrigins', () => {
  it.each([
    'https://shop.example.com',
    'https://shop.example.com:8443',
    'http://localhost:5173',
    'http://[::1]:5173',
    'capacitor://localhost',
    'ionic://localhost',
    'tauri://localhost',
    'app://obsidian.md',
    'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
    'moz-extension://01234567-89ab-cdef-0123-456789abcdef',
    'null',
  ])('takes %s', (origin) => {
    expect(() => NaverCaptchaModule.forRoot({ routes: { allowedOrigins: [origin] } })).not.toThrow();
  });

  it.each([
    [
      'https://*.example.com',
      /not what a browser sends.*list each origin by its name, such as https:\/\/shop\.example\.com/,
    ],
    ['shop.example.com', /scheme and host only/],
    ['https://shop.example.com/', /scheme and host only/],
    ['https://Shop.example.com', /scheme and host only/],
    ['https://shop.example.com:443', /scheme and host only/],
    ['https://shop.example.com/path', /scheme and host only/],
    ['https://user@shop.example.com', /scheme and host only/],
    ['capacitor://localhost/', /scheme and host only/],
    ['capacitor:', /scheme and host only/],
    ['file:///index.html', /scheme and host only/],
    ['*', /scheme and host only/],
    ['', /scheme and host only/],
  ])('does not take %j, and says what to write', (origin, remedy) => {
    expect(() => NaverCaptchaModule.forRoot({ routes: { allowedOrigins: [SHOP, origin] } })).toThrow(remedy);
  });
});
