import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { EmulatorRequest, NaverCaptchaEmulator } from 'naver-captcha-emulator';
import { startBrowser } from '../support/browser.ts';
import { get, headersFor, image, paths, shown } from './support/client.ts';
import { startEmulator } from './support/emulators.ts';
import { start } from './support/processes.ts';

/** Sends these bytes on a connection of its own, and returns what came back until it closed. */
const sendBytes = (url: string, bytes: string | Buffer): Promise<string> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    let reply = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.on('data', (data) => (reply += data.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(reply);
    });
  });

const rawGet = (target: string, headers: Record<string, string> = {}): string =>
  `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;

const parts = (reply: string) => {
  const [head = '', body = ''] = reply.split('\r\n\r\n');
  return { head, body: JSON.parse(body) as Record<string, unknown> };
};

/** What the NAVER samples in PHP and Java send when a visitor types Hangul or a space. */
const typed: readonly (readonly [string, string])[] = [
  ['Hangul', '가나다'],
  ['a space', 'AB CD'],
  ['Hangul and spaces', ' 가 나 '],
  ['a full-width letter', 'ABＣ'],
];

/** The latest request, when its reply is sent: the caller may see the reply a moment earlier. */
async function lastOf(emulator: NaverCaptchaEmulator): Promise<EmulatorRequest | undefined> {
  for (let tries = 0; tries < 100; tries += 1) {
    const last = emulator.requests.at(-1);
    if (last?.durationMs !== undefined) return last;
    await get(emulator, '/__emulator/health', {});
  }
  return undefined;
}

describe('a value that is not percent-encoded in the request line, as the samples of NAVER send it', () => {
  it.each(typed)(
    '%s: a 400 in the form of NAVER that names the remedy, and a row in requests',
    async (_, value) => {
      const seen: EmulatorRequest[] = [];
      const emulator = await startEmulator({ onRequest: (request) => seen.push(request) });
      const key = await shown(emulator);
      const target = `${image.issue}?code=1&key=${key}&value=${value}`;
      const { head, body } = parts(
        await sendBytes(emulator.url, rawGet(target, headersFor('developers', emulator))),
      );
      expect(head).toMatch(/^HTTP\/1\.1 400 /);
      expect(head).toContain('application/json');
      expect(body).toMatchObject({
        errorCode: '011',
        errorMessage: expect.stringContaining('percent-encode') as unknown,
      });
      const last = await lastOf(emulator);
      expect(last).toMatchObject({
        method: 'GET',
        path: target,
        status: 400,
        problem: 'not-encoded',
        platform: 'developers',
        kind: 'image',
        call: 'compare',
        naverKey: key,
      });
      expect(seen.at(-1)).toEqual(last);
      expect(emulator.keys[0]).toMatchObject({ state: 'fetched', comparisons: 0 });
    },
  );

  it('has the form of the gateway on NAVER Cloud', async () => {
    const emulator = await startEmulator();
    const { body } = parts(await sendBytes(emulator.url, rawGet(`${paths['ncloud image'].issue}?value=가`)));
    expect(body).toMatchObject({
      error: { errorCode: '100', details: expect.stringContaining('percent-encode') as unknown },
    });
    expect(await lastOf(emulator)).toMatchObject({ platform: 'ncloud', problem: 'not-encoded' });
  });

  it('is understood when it is encoded', async () => {
    const emulator = await startEmulator();
    const key = await shown(emulator);
    const value = encodeURIComponent('가 나');
    expect((await get(emulator, `${image.issue}?code=1&key=${key}&value=${value}`)).text).toContain(
      '"result":false',
    );
    expect(emulator.requests.at(-1)?.problem).toBeUndefined();
  });

  it('shows on the page, in Korean and English', async () => {
    const emulator = await startEmulator();
    await sendBytes(emulator.url, rawGet(`${image.issue}?code=1&value=가`));
    const browser = await startBrowser();
    try {
      for (const [locale, sentence] of [
        ['ko-KR', '인코딩'],
        ['en-US', 'percent-encode'],
      ] as const) {
        const page = await browser.newPage({ locale });
        await page.goto(emulator.url);
        await page.getByRole('row').filter({ hasText: 'value=가' }).filter({ hasText: sentence }).waitFor();
        await page.close();
      }
    } finally {
      await browser.close();
    }
  });

  it('shows in the log of the process with the remedy', async () => {
    const { child, ended, says } = start(process.execPath, ['apps/emulator/dist/main.js', '--port', '0'], {
      PATH: process.env['PATH'],
    });
    const url = /"url":"([^"]+)"/.exec(await says('"listening"'))?.[1] ?? '';
    await sendBytes(url, rawGet(`${image.issue}?code=1&value=가`));
    expect(await says('"not-encoded"')).toMatch(/"problem":"not-encoded".*percent-encode/);
    child.kill('SIGTERM');
    await ended;
  });
});

describe('other bytes that are not an HTTP request', () => {
  it.each<[string, string | Buffer, Partial<EmulatorRequest>]>([
    [
      'TLS',
      Buffer.concat([Buffer.from('16030100c8010000c40303', 'hex'), Buffer.alloc(200, 1)]),
      { problem: 'tls', method: '?', path: '' },
    ],
    ['rubbish', 'hello\r\n\r\n', { problem: 'malformed', method: '?', path: '' }],
    [
      'a broken header',
      'GET /v1/captcha/nkey HTTP/1.1\r\nHost: x\r\nNo colon\r\n\r\n',
      { problem: 'malformed', method: 'GET', path: '/v1/captcha/nkey', call: 'issue' },
    ],
    [
      'headers that are too long',
      rawGet('/v1/captcha/nkey', { X: 'A'.repeat(20_000) }),
      { problem: 'headers-too-long', status: 431 },
    ],
    [
      'CONNECT',
      'CONNECT openapi.naver.com:443 HTTP/1.1\r\nHost: x\r\n\r\n',
      { method: 'CONNECT', status: 405 },
    ],
  ])('%s: a row in requests', async (_, bytes, row) => {
    const emulator = await startEmulator();
    expect(await sendBytes(emulator.url, bytes)).toMatch(/^HTTP\/1\.1 4/);
    expect(await lastOf(emulator)).toMatchObject({ status: 400, ...row });
  });

  it('never shows the secret, nor a header', async () => {
    const emulator = await startEmulator({ clientSecret: 'SECRET-OF-TEST' });
    const headers = headersFor('developers', emulator);
    for (const bytes of [
      rawGet('/v1/captcha/nkey?value=가&x=SECRET-OF-TEST', headers),
      rawGet('/v1/captcha/nkey?value=가SECRET-OF-TEST', headers),
      `GET /v1/captcha/nkey HTTP/1.1\r\nX-Naver-Client-Secret: SECRET-OF-TEST\r\nGET /SECRET-OF-TEST\x01\r\n\r\n`,
      `GET /v1/captcha/nkey HTTP/1.1\r\nX-Naver-Client-Secret: \x01SECRET-OF-TEST\r\n\r\n`,
    ]) {
      expect(await sendBytes(emulator.url, bytes)).not.toContain('SECRET');
    }
    await lastOf(emulator);
    expect(emulator.requests).toHaveLength(4);
    expect(JSON.stringify(emulator.requests)).not.toContain('SECRET');
  });

  it('a caller that hangs up halfway leaves no row', async () => {
    const emulator = await startEmulator();
    await new Promise<void>((resolve) => {
      const { hostname, port } = new URL(emulator.url);
      const socket = connect(Number(port), hostname, () => socket.end('GET /v1/capt'));
      socket.on('close', () => {
        resolve();
      });
      socket.resume();
    });
    expect(emulator.requests).toEqual([]);
  });
});
