import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { NaverCaptchaEmulator } from 'naver-captcha-emulator';
import { get, headersFor, image } from './support/client.ts';
import { startEmulator } from './support/emulators.ts';

/** Sends the bytes unchanged, and returns the bytes received until the connection ended or stayed silent. */
const raw = (emulator: NaverCaptchaEmulator, ...parts: readonly (string | Buffer)[]): Promise<string> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(emulator.url);
    let reply = '';
    const socket = connect(Number(port), hostname, () => {
      for (const part of parts) socket.write(part);
      socket.end();
    });
    socket.setTimeout(5000, () => socket.destroy());
    socket.on('data', (data) => (reply += data.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(reply);
    });
  });

const statuses = (reply: string): number[] =>
  [...reply.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));

const stillWell = async (emulator: NaverCaptchaEmulator): Promise<void> => {
  expect((await get(emulator, image.issue)).status).toBe(200);
};

describe('invalid requests', () => {
  it.each<[string, (string | Buffer)[]]>([
    [
      'a query string of 10 MB',
      [`GET /v1/captcha/nkey?key=${'A'.repeat(10_000_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
    ],
    ['a header of 10 MB', [`GET / HTTP/1.1\r\nHost: x\r\nX: ${'A'.repeat(10_000_000)}\r\n\r\n`]],
    ['a method of its own', ['FROBNICATE /v1/captcha/nkey HTTP/1.1\r\nHost: x\r\n\r\n']],
    ['rubbish', [Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256))]],
    ['TLS', [Buffer.from('16030100c8010000c40303', 'hex'), Buffer.alloc(200, 1)]],
    ['a space in the path', ['GET /v1/captcha/nkey?key=a b HTTP/1.1\r\nHost: x\r\n\r\n']],
    ['bytes beyond ASCII', [Buffer.from('GET /v1/캡차 HTTP/1.1\r\nHost: x\r\n\r\n')]],
    ['no host', ['GET /v1/captcha/nkey HTTP/1.1\r\n\r\n']],
    ['two lengths', ['POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello']],
    [
      'length and chunks',
      ['POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ],
    ['CONNECT', ['CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n']],
    [
      'an unknown expectation',
      ['GET /v1/captcha/nkey HTTP/1.1\r\nHost: x\r\nExpect: a pony\r\nConnection: close\r\n\r\n'],
    ],
    ['TRACE', ['TRACE /v1/captcha/nkey HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n']],
    ['an asterisk', ['OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n']],
    [
      'an address of elsewhere',
      ['GET http://elsewhere.example/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ],
    [
      'a broken escape',
      ['GET /v1/captcha/nkey?code=%E0%A4%A HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ],
    [
      'an escaped zero in the path',
      ['GET /v1/captcha/nkey%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ],
    ['a walk up', ['GET /__emulator/../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n']],
  ])('%s: a 4xx, and life goes on', async (_, parts) => {
    const emulator = await startEmulator();
    const reply = await raw(emulator, ...parts);
    expect(statuses(reply)).not.toEqual([]);
    for (const status of statuses(reply)) expect(Math.floor(status / 100)).toBe(4);
    expect(reply).not.toContain(emulator.clientSecret);
    await stillWell(emulator);
  });

  it('answers the valid requests of a pipeline before the invalid one', async () => {
    const emulator = await startEmulator();
    const headers = Object.entries(headersFor('developers', emulator)).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    const good = `GET /v1/captcha/nkey HTTP/1.1\r\nHost: x\r\n${headers.join('')}\r\n`;
    expect(statuses(await raw(emulator, `${good}${good}\0\x01 rubbish\r\n\r\n${good}`))).toEqual([
      200, 200, 400,
    ]);
    await stillWell(emulator);
  });

  it('survives connections that send nothing, or part of a request', async () => {
    const emulator = await startEmulator();
    await raw(emulator);
    await raw(emulator, 'GET /v1/capt');
    await stillWell(emulator);
  });

  it('accepts a body of 10 MB where none is expected, and sets no fault from it', async () => {
    const emulator = await startEmulator();
    const body = 'A'.repeat(10_000_000);
    const head = (path: string): string =>
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`;
    expect(statuses(await raw(emulator, head('/v1/captcha/nkey'), body))).toEqual([405]);
    expect(statuses(await raw(emulator, head('/__emulator/faults'), body))).toEqual([413]);
    await stillWell(emulator);
  });

  it('keeps the secret out of its log, wherever in a request it is', async () => {
    const emulator = await startEmulator({ clientSecret: 'SECRET-OF-TEST' });
    for (const path of [
      '/v1/captcha/SECRET-OF-TEST',
      '/v1/captcha/nkey?code=1&key=SECRET-OF-TEST&value=SECRET%2dOF-TEST',
      '/captcha-bin/v1/ncaptcha?X-NCP-APIGW-API-KEY=SECRET-OF-TEST&key=a',
      '/captcha-bin/v1/ncaptcha?x-ncp-apigw-api-key=SECRET%2dOF-TEST',
      '/v1/captcha/nkey?client_secret=SECRET-OF-TEST',
    ]) {
      expect((await get(emulator, path)).text).not.toContain('SECRET');
    }
    expect(emulator.requests).toHaveLength(5);
    const pages = [
      '/',
      '/__emulator/requests',
      '/__emulator/keys',
      '/__emulator/faults',
      '/__emulator/page.js',
    ];
    for (const page of pages) expect((await get(emulator, page, {})).text).not.toMatch(/SECRET(-|%2d)OF/);
  });

  it('shortens long texts for the log', async () => {
    const emulator = await startEmulator();
    await get(emulator, `/v1/captcha/nkey?code=1&key=${'k'.repeat(10_000)}&value=x`);
    const [request] = emulator.requests;
    expect(request?.path.length).toBeLessThan(400);
    expect(request?.naverKey?.length).toBeLessThan(100);
  });
});
