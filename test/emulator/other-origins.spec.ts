import { once } from 'node:events';
import { createServer, request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import type { NaverCaptchaEmulator } from 'naver-captcha-emulator';
import { startBrowser } from '../support/browser.ts';
import { image, issue, paths } from './support/client.ts';
import { startEmulator } from './support/emulators.ts';

interface Received {
  readonly status: number | undefined;
  readonly text: string;
}

/** A request with exactly these headers, Host among them, which fetch would not send. */
async function send(
  emulator: NaverCaptchaEmulator,
  method: string,
  path: string,
  headers: OutgoingHttpHeaders,
  body = '',
): Promise<Received> {
  const outgoing = httpRequest(emulator.url + path, { method, headers, agent: false });
  outgoing.end(body);
  return new Promise((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        // The stream of events has no end.
        if (response.headers['content-type']?.includes('event-stream') === true) response.destroy();
      });
      response.on('close', () => {
        resolve({ status: response.statusCode, text });
      });
    });
  });
}

const controlRequests: readonly (readonly [string, string])[] = [
  ['GET', '/'],
  ['HEAD', '/'],
  ['GET', '/__emulator/keys'],
  ['HEAD', '/__emulator/keys'],
  ['GET', '/__emulator/requests'],
  ['GET', '/__emulator/events'],
  ['GET', '/__emulator/faults'],
  ['POST', '/__emulator/faults'],
  ['OPTIONS', '/__emulator/faults'],
  ['DELETE', '/__emulator/faults'],
  ['POST', '/__emulator/reset'],
];

describe('control paths and web pages of other origins (form posts, text/plain, DNS rebinding)', () => {
  it.each([
    ['evil.example'],
    ['evil.example:4010'],
    ['127.0.0.1.evil.example:4010'],
    ['localhost.evil.example'],
    ['localhost@evil.example'],
    ['[evil.example]:4010'],
    ['naver:4010'],
    ['.:4010'],
  ])('refuse every method for the host name %j, which DNS may have pointed here', async (host) => {
    const emulator = await startEmulator();
    const key = await issue(emulator);
    for (const [method, path] of controlRequests) {
      const reply = await send(emulator, method, path, { Host: host }, '{"fault":"html"}');
      expect([method, path, reply.status]).toEqual([method, path, 403]);
      expect(reply.text).not.toContain(emulator.answerOf(key));
    }
    expect([emulator.keys.length, emulator.faults]).toEqual([1, []]);
  });

  it('name the refused host and the remedy', async () => {
    const { text } = await send(await startEmulator(), 'GET', '/', { Host: 'naver:4010' });
    expect(text).toMatch(/naver.*allowedHosts.*--allowed-hosts/);
  });

  it.each([
    ['127.0.0.1'],
    ['127.0.0.1:4010'],
    ['[::1]:4010'],
    ['localhost:4010'],
    ['LocalHost:4010'],
    ['localhost.:4010'],
    ['192.168.0.5:4010'],
  ])('answer for %s', async (host) => {
    const emulator = await startEmulator();
    const origin = `http://${host.toLowerCase()}`;
    expect((await send(emulator, 'GET', '/__emulator/keys', { Host: host })).status).toBe(200);
    expect((await send(emulator, 'POST', '/__emulator/reset', { Host: host, Origin: origin })).status).toBe(
      204,
    );
  });

  it('answer for the names of allowedHosts and the name it was told to listen on', async () => {
    const emulator = await startEmulator({ host: 'localhost', allowedHosts: ['Naver', 'captcha.test'] });
    for (const [host, status] of [
      ['naver:4010', 200],
      ['CAPTCHA.test', 200],
      ['x.captcha.test', 403],
    ] as const) {
      expect((await send(emulator, 'GET', '/__emulator/keys', { Host: host })).status).toBe(status);
    }
  });

  it.each<[string, OutgoingHttpHeaders]>([
    ['another port of this machine', { Origin: 'http://127.0.0.1:3000' }],
    ['another name of this machine', { Origin: 'http://localhost:4010' }],
    ['another site', { Origin: 'https://evil.example' }],
    ['a sandboxed frame', { Origin: 'null' }],
    ['another site, as browsers say it', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' }],
    ['another port, as browsers say it', { 'Sec-Fetch-Site': 'same-site', 'Sec-Fetch-Mode': 'cors' }],
    [
      'another site in a frame',
      { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' },
    ],
  ])('refuse pages of %s', async (_, headers) => {
    const emulator = await startEmulator();
    const key = await issue(emulator);
    for (const [method, path] of controlRequests) {
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json']) {
        const all = { Host: '127.0.0.1:4010', ...headers, 'Content-Type': type };
        const reply = await send(emulator, method, path, all, '{"fault":"html"}');
        expect([method, path, reply.status]).toEqual([method, path, 403]);
        expect(reply.text).not.toContain(emulator.answerOf(key));
      }
    }
    expect([emulator.keys.length, emulator.faults]).toEqual([1, []]);
  });

  it('refuse a form of another site, and show the page to a visitor who follows a link', async () => {
    const emulator = await startEmulator();
    await issue(emulator);
    const navigation = {
      Host: '127.0.0.1:4010',
      'Sec-Fetch-Site': 'cross-site',
      'Sec-Fetch-Mode': 'navigate',
      'Sec-Fetch-Dest': 'document',
    };
    const form = { ...navigation, Origin: 'https://evil.example', 'Content-Type': 'text/plain' };
    expect((await send(emulator, 'POST', '/__emulator/reset', form)).status).toBe(403);
    expect(emulator.keys).toHaveLength(1);
    expect((await send(emulator, 'GET', '/', navigation)).status).toBe(200);
  });

  it('leave the calls of NAVER alone, which clients reach under names of their own', async () => {
    const emulator = await startEmulator();
    const headers = {
      Host: 'openapi.naver.com',
      Origin: 'http://localhost:3000',
      'X-Naver-Client-Id': emulator.clientId,
      'X-Naver-Client-Secret': emulator.clientSecret,
    };
    expect((await send(emulator, 'GET', image.issue, headers)).status).toBe(200);
    const key = await issue(emulator, paths['ncloud image']);
    const fromPage = { ...headers, 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' };
    expect(
      (await send(emulator, 'GET', `${paths['ncloud image'].media}?key=${key}`, fromPage)).status,
    ).not.toBe(403);
  });

  it('hold in a real browser, against a page on another port', async () => {
    const emulator = await startEmulator({ host: 'localhost' });
    const key = await issue(emulator);
    const elsewhere = createServer((_req, res) => {
      res.setHeader('Content-Type', 'text/html');
      res.end('<!doctype html><title>elsewhere</title>');
    }).listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    const address = elsewhere.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const browser = await startBrowser();
    try {
      const page = await browser.newPage();
      await page.goto(`http://localhost:${port}`);
      const seen = await page.evaluate(async (url) => {
        const tried = await Promise.allSettled([
          fetch(`${url}/__emulator/reset`, { method: 'POST', mode: 'no-cors' }),
          fetch(`${url}/__emulator/faults`, { method: 'POST', mode: 'no-cors', body: '{"fault":"html"}' }),
          fetch(`${url}/__emulator/faults`, { method: 'DELETE' }),
          fetch(`${url}/__emulator/keys`).then((reply) => reply.text()),
          new Promise((resolve, reject) => {
            const events = new EventSource(`${url}/__emulator/events`);
            events.onopen = resolve;
            events.onerror = () => {
              events.close();
              reject(new Error('refused'));
            };
          }),
        ]);
        return tried.map(({ status }) => status);
      }, emulator.url);
      expect(seen).toEqual(['rejected', 'rejected', 'rejected', 'rejected', 'rejected']);
      expect([emulator.keys.map((one) => one.key), emulator.faults]).toEqual([[key], []]);

      await page.evaluate((url) => {
        const form = document.createElement('form');
        Object.assign(form, { method: 'post', enctype: 'text/plain', action: `${url}/__emulator/faults` });
        const field = document.createElement('input');
        Object.assign(field, { name: '{"fault":"wrong-content-type","contentType":"', value: '"}' });
        form.append(field);
        document.body.append(form);
        form.submit();
      }, emulator.url);
      await page.waitForURL(/__emulator/);
      expect(await page.locator('body').innerText()).toContain('other origins');
      await page.goto(`http://localhost:${port}`);
      await page.evaluate((url) => {
        document.body.innerHTML = `<form method="post" action="${url}/__emulator/reset"></form>`;
        document.forms[0]?.submit();
      }, emulator.url);
      await page.waitForURL(/__emulator/);
      expect([emulator.keys.map((one) => one.key), emulator.faults]).toEqual([[key], []]);
    } finally {
      await browser.close();
      elsewhere.close();
    }
  });
});
