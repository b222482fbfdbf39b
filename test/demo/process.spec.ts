import { once } from 'node:events';
import { createServer } from 'node:net';

import { describe, expect, it } from '@jest/globals';

import { runDemo, startDemo } from '../support/demo.ts';

describe('the demo as a process', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('ends everything it started on %s', async (signal) => {
    await using demo = await startDemo();
    // A kept-alive connection must not hold it.
    await (await fetch(`${demo.url}/about`)).json();

    demo.process.kill(signal);
    const [code] = (await once(demo.process, 'close')) as [number | null];

    expect(code).toBe(0);
    await expect(fetch(demo.url)).rejects.toThrow();
    await expect(fetch(demo.emulatorUrl)).rejects.toThrow();
  });

  it('says in one sentence that the port is in use', async () => {
    const occupant = createServer().listen(0);
    await once(occupant, 'listening');
    const address = occupant.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;

    const { code, output } = await runDemo({ PORT: String(port) });
    occupant.close();

    expect({ code, output }).toEqual({
      code: 1,
      output: `Port ${port} is in use: stop what listens there, or set PORT.\n`,
    });
  });

  it('says in one sentence that PORT is no port', async () => {
    expect(await runDemo({ PORT: 'http' })).toEqual({
      code: 1,
      output: 'PORT must be a whole number from 0 to 65535, not "http".\n',
    });
  });

  it.each(['65536', '-1', '3.5', '0x10', '3000 3001'])('says so for PORT %j, too', async (PORT) => {
    const { code, output } = await runDemo({ PORT });
    expect({ code, output }).toEqual({
      code: 1,
      output: `PORT must be a whole number from 0 to 65535, not ${JSON.stringify(PORT)}.\n`,
    });
  });

  it('does not start the emulator in production', async () => {
    const { code, output } = await runDemo({ NODE_ENV: 'production' });

    expect(code).toBe(1);
    expect(output).toMatch(
      /^The demo needs NAVER_CAPTCHA_CLIENT_ID and NAVER_CAPTCHA_CLIENT_SECRET in production.*\n$/,
    );
  });

  it('stops with the list of what is missing where the environment holds half the credentials', async () => {
    const { code, output } = await runDemo({
      NAVER_CAPTCHA_CLIENT_ID: 'mine',
      NAVER_CAPTCHA_PLATFORM: 'nowhere',
    });

    expect(code).toBe(1);
    expect(output).toContain('clientSecret (or NAVER_CAPTCHA_CLIENT_SECRET) is missing');
    expect(output).toContain('platform (or NAVER_CAPTCHA_PLATFORM) must be one of');
    expect(output).not.toMatch(/\n\s+at /);
  });
});

describe('the demo with an env file of Windows line ends', () => {
  it('starts with every variable it reads', async () => {
    await using demo = await startDemo({
      PORT: '0\r',
      HOST: '127.0.0.1\r',
      DEMO_ADAPTER: 'fastify\r',
      NODE_ENV: 'test\r',
      NAVER_CAPTCHA_TIMEOUT_MS: '2000\r',
      NAVER_CAPTCHA_REDIS_URL: '\r',
      NAVER_CAPTCHA_CLIENT_ID: '\r',
      NAVER_CAPTCHA_CLIENT_SECRET: ' \r',
    });
    expect((await fetch(`${demo.url}/captcha`, { method: 'POST' })).status).toBe(201);
  });

  it('still does not start the emulator in production', async () => {
    const { code, output } = await runDemo({ NODE_ENV: 'production\r' });
    expect([code, output]).toEqual([1, expect.stringContaining('in production')]);
  });
});

describe('the demo listens on loopback unless HOST says otherwise', () => {
  it('by default', async () => {
    await using demo = await startDemo({ HOST: '' });
    const { port } = new URL(demo.url);
    expect((await fetch(`http://127.0.0.1:${port}/about`)).status).toBe(200);
    await expect(fetch(`http://127.0.0.2:${port}/about`)).rejects.toThrow();
  });

  it('on every address with HOST 0.0.0.0', async () => {
    await using demo = await startDemo({ HOST: '0.0.0.0' });
    const { port } = new URL(demo.url);
    expect((await fetch(`http://127.0.0.2:${port}/about`)).status).toBe(200);
  });

  it('and says in one sentence that HOST is no address of this machine', async () => {
    expect(await runDemo({ HOST: '192.0.2.1' })).toEqual({
      code: 1,
      output:
        'HOST "192.0.2.1" is not an address of this machine: leave it out, or set 0.0.0.0 for all addresses.\n',
    });
  });
});

describe.each(['express', 'fastify'])('the demo on %s', (DEMO_ADAPTER) => {
  it('ends on SIGTERM while a page listens to its events', async () => {
    await using demo = await startDemo({ DEMO_ADAPTER });
    const events = await fetch(`${demo.url}/live/events`);
    demo.process.kill('SIGTERM');
    expect(await once(demo.process, 'close')).toEqual([0, null]);
    await events.text().catch(() => undefined);
  });
});
