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
      output: 'PORT must be a whole number from 0 to 65535.\n',
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
