import type { ServerResponse } from 'node:http';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UnauthorizedException } from '@nestjs/common';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import { NaverCaptchaModule } from 'nestjs-naver-captcha';

import { ADAPTERS, postJson, type RunningApp, startApp } from '../support/app.ts';
import { KeptLogs } from '../support/logs.ts';
import { JPEG, ReplayServer } from '../support/replay-server.ts';
import { CLIENT_ID, CLIENT_SECRET } from '../support/replayed-app.ts';
import { codeOf, startRoutes } from './support/routes.ts';

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 14, dailyQuota: 1_000_000, maxRequests: 10_000 });
});

afterAll(() => emulator.close());

async function challenge(app: RunningApp, body: object = {}): Promise<string> {
  const reply = await postJson(`${app.url}/captcha`, body);
  expect(reply.status).toBe(201);
  return (reply.body as { key: string }).key;
}

function media(app: RunningApp, key: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${app.url}/captcha/media?${new URLSearchParams({ key }).toString()}`, init);
}

describe.each(ADAPTERS)('pictures that come slowly on %s', (adapter) => {
  it('leave sockets to visitors who ask for a challenge', async () => {
    const held: ServerResponse[] = [];
    let issued = 0;
    await using naver = await ReplayServer.start((response) => {
      const { path = '' } = naver.requests.at(-1) ?? {};
      if (path.includes('ncaptcha')) held.push(response);
      else response.end(JSON.stringify({ key: `slow${String((issued += 1)).padStart(12, '0')}` }));
    });
    await using app = await startApp({
      adapter,
      imports: [
        NaverCaptchaModule.forRoot({
          clientId: CLIENT_ID,
          clientSecret: CLIENT_SECRET,
          baseUrl: naver.url,
          maxSockets: 4,
          timeoutMs: 60_000,
          issueLimit: false,
          routes: true,
        }),
      ],
    });

    const keys: string[] = [];
    for (let visitor = 0; visitor < 20; visitor += 1) keys.push(await challenge(app));
    await naver.until(() => held.length >= 3);
    expect(held).toHaveLength(3);

    // When pictures come again, the waiting ones get theirs.
    const pictures = Promise.all(keys.map((key) => media(app, key)));
    for (let shown = 1; shown <= keys.length; shown += 1) {
      await naver.until(() => held.length > 0);
      held.shift()?.end(JPEG);
    }
    expect((await pictures).map(({ status }) => status)).toEqual(keys.map(() => 200));
  }, 60_000);
});

describe.each(ADAPTERS)('a sound that is downloaded again and again on %s', (adapter) => {
  it('is sent 20 times a key', async () => {
    await using app = await startRoutes(emulator, adapter);
    const key = await challenge(app, { kind: 'audio' });

    const statuses: number[] = [];
    let bytes = 0;
    for (let time = 0; time < 25; time += 1) {
      const reply = await media(app, key);
      statuses.push(reply.status);
      if (reply.ok) bytes += (await reply.arrayBuffer()).byteLength;
      else expect(await reply.json()).toMatchObject({ code: 'CAPTCHA_TOO_MANY', retryAfterSeconds: 600 });
    }

    expect(statuses).toEqual([...Array<number>(20).fill(200), ...Array<number>(5).fill(429)]);
    const other = await media(app, await challenge(app, { kind: 'audio' }));
    expect(bytes).toBeLessThan(25 * (await other.arrayBuffer()).byteLength);
  });

  it('is sent to players that ask in ranges, as often as in whole', async () => {
    await using app = await startRoutes(emulator, adapter);
    const key = await challenge(app, { kind: 'audio' });
    const { length } = Buffer.from(await (await media(app, key)).arrayBuffer());
    const half = Math.floor(length / 2);
    const ranges = ['bytes=0-1', `bytes=0-${half - 1}`, `bytes=${half}-`];

    const statuses = new Set<number>();
    for (let play = 0; play < 17; play += 1) {
      for (const range of ranges) statuses.add((await media(app, key, { headers: { range } })).status);
    }
    expect([...statuses]).toEqual([206]);
    expect((await media(app, key, { headers: { range: 'bytes=0-' } })).status).toBe(206);
    expect((await media(app, key, { headers: { range: 'bytes=0-' } })).status).toBe(429);
  });

  it('is asked for by HEAD without end, since that sends nothing', async () => {
    await using app = await startRoutes(emulator, adapter);
    const key = await challenge(app, { kind: 'audio' });

    for (let time = 0; time < 25; time += 1) await media(app, key, { method: 'HEAD' });
    expect((await media(app, key)).status).toBe(200);
  });
});

describe.each(ADAPTERS)('headers of thousands of characters on %s', (adapter) => {
  it('are not parsed: a range gets the whole', async () => {
    await using app = await startRoutes(emulator, adapter);
    const key = await challenge(app);
    const range = `bytes=${'0-1,'.repeat(1000)}5-6`;

    expect((await media(app, key, { headers: { range: 'bytes=5-6' } })).status).toBe(206);
    expect((await media(app, key, { headers: { range } })).status).toBe(200);
    expect((await media(app, key, { headers: { range: `bytes=5-6${' '.repeat(300)}x` } })).status).toBe(200);
  });

  it('are not parsed: a list of languages gets Korean', async () => {
    await using app = await startRoutes(emulator, adapter);
    const english = (languages: string): Promise<unknown> =>
      media(app, 'no-key', { headers: { 'accept-language': languages } }).then((reply) => reply.json());

    expect(await english('en-US,en;q=0.9')).toMatchObject({ message: expect.stringMatching(/^The captcha/) });
    expect(await english(`en${',x'.repeat(3000)}`)).toMatchObject({
      message: expect.stringMatching(/^자동/),
    });
  });
});

describe.each(ADAPTERS)('a routes.binding that throws on %s', (adapter) => {
  it('refuses the request with one line of log, instead of a 500', async () => {
    const logger = new KeptLogs();
    const binding = (): string => {
      throw new TypeError('secret of a visitor');
    };
    await using app = await startRoutes(emulator, adapter, { routes: { binding }, logger });

    for (let time = 0; time < 5; time += 1) {
      const reply = await postJson(`${app.url}/captcha`, {});
      expect({ status: reply.status, code: codeOf(reply) }).toEqual({
        status: 400,
        code: 'CAPTCHA_BAD_REQUEST',
      });
    }
    expect(logger.of('warn').concat(logger.of('error'))).toEqual([
      expect.stringMatching(
        /^warn CAPTCHA_BAD_REQUEST: routes\.binding threw TypeError, so .* Fix the function/,
      ),
    ]);
    expect(logger.lines.join('\n')).not.toContain('secret of a visitor');
  });

  it('decides itself by an exception of HTTP', async () => {
    const binding = (): string => {
      throw new UnauthorizedException();
    };
    await using app = await startRoutes(emulator, adapter, { routes: { binding } });

    expect((await postJson(`${app.url}/captcha`, {})).status).toBe(401);
  });
});
