import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';

import { ADAPTERS } from '../support/app.ts';
import { KeptLogs } from '../support/logs.ts';
import { askFrom, startRoutes, statusesOf } from './support/routes.ts';

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 12, dailyQuota: 1_000_000, maxRequests: 10_000 });
});

afterAll(() => emulator.close());

const options = { dailyQuota: 100_000 };
const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

describe.each(ADAPTERS)('a client behind a trusted proxy on %s', (adapter) => {
  it.each([
    ['claims other addresses', (at: number) => `198.51.100.${at % 250}, 203.0.113.9`],
    ['has another port each time', (at: number) => `203.0.113.9:${50_001 + at}`],
    ['has another IPv6 port each time', (at: number) => `[2001:db8::1]:${50_001 + at}`],
    ['has another address of its /64 each time', (at: number) => `2001:db8::${at.toString(16)}`],
    [
      'is spelled in other ways',
      (at: number) => ['1.2.3.4', '::ffff:1.2.3.4', '::ffff:102:304', '64:ff9b::102:304'][at % 4] ?? '',
    ],
    ['has a made-up text each time', (at: number) => `client-${at}`],
  ])('gets one issueLimit although it %s', async (_, forwarded) => {
    await using app = await startRoutes(emulator, adapter, { options, trust: ['loopback'] });

    expect(await statusesOf(app, numbers(40).map(forwarded))).toEqual({ 201: 10, 429: 30 });
  });

  it('shares no issueLimit with its neighbour', async () => {
    await using app = await startRoutes(emulator, adapter, { options, trust: ['loopback'] });

    expect(await statusesOf(app, ['203.0.113.9', '203.0.113.10', '2001:db8::1', '2001:db8:0:1::1'])).toEqual({
      201: 4,
    });
  });
});

describe.each(ADAPTERS)('the warning about proxies on %s', (adapter) => {
  const warningsOf = (logger: KeptLogs): string[] =>
    logger.of('warn').filter((line) => line.includes('PROXY'));

  it('is written once if a proxy at a private address is not trusted, with the safe form', async () => {
    const logger = new KeptLogs();
    await using app = await startRoutes(emulator, adapter, { logger });
    for (let time = 0; time < 3; time += 1) {
      await askFrom(app, '203.0.113.9, 10.0.0.1');
      app.clock.advance(120_000);
    }

    expect(warningsOf(logger)).toEqual([expect.stringMatching(/a proxy at a private address/)]);
    expect(logger.lines.join('\n')).toMatch(/'trust proxy', \['loopback'.*trustProxy: \['loopback'/);
    expect(logger.lines.join('\n')).not.toMatch(/trustProxy: true/);
  });

  it('is written if the application trusts every address, whatever a client sends', async () => {
    const logger = new KeptLogs();
    await using app = await startRoutes(emulator, adapter, { logger, trust: true });
    await askFrom(app, '');

    expect(warningsOf(logger)).toEqual([expect.stringMatching(/the application trusts every proxy/)]);
  });

  it.each([
    ['no header', ''],
    ['a text that is no address', 'unknown'],
    ['its own address', '127.0.0.1'],
  ])('is not written for %s', async (_, forwarded) => {
    const logger = new KeptLogs();
    await using app = await startRoutes(emulator, adapter, { logger });
    await askFrom(app, forwarded);

    expect(warningsOf(logger)).toEqual([]);
  });

  it('is not written if the proxy is trusted, or if a public client sends the header itself', async () => {
    const logger = new KeptLogs();
    await using app = await startRoutes(emulator, adapter, { logger, trust: ['loopback'] });
    await askFrom(app, '203.0.113.9');
    await askFrom(app, '198.51.100.1, 203.0.113.9');

    expect(warningsOf(logger)).toEqual([]);
  });

  it('is not written if a client without a proxy sends the header', async () => {
    const logger = new KeptLogs();
    await using app = await startRoutes(emulator, adapter, { logger, configure: asFrom('203.0.113.9') });
    await askFrom(app, '198.51.100.1');

    expect(warningsOf(logger)).toEqual([]);
  });
});

/** Lets every request come from this address, since tests can connect from the loopback alone. */
function asFrom(address: string): (app: { use(middleware: unknown): unknown }) => void {
  return (app) => {
    app.use((request: { socket: object }, _: unknown, next: () => void) => {
      Object.defineProperty(request.socket, 'remoteAddress', { value: address, configurable: true });
      next();
    });
  };
}
