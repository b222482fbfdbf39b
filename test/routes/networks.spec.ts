import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import {
  type BusiestEvent,
  CAPTCHA_EVENTS,
  type CaptchaEvent,
  type NaverCaptchaModuleOptions,
  NaverCaptchaService,
} from 'nestjs-naver-captcha';
import type { Observable } from 'rxjs';

import { type Adapter, ADAPTERS, type RunningApp } from '../support/app.ts';
import { KeptLogs } from '../support/logs.ts';
import { askFrom, codeOf, startRoutes, statusesOf } from './support/routes.ts';

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 13, dailyQuota: 1_000_000, maxRequests: 10_000 });
});

afterAll(() => emulator.close());

function start(
  adapter: Adapter,
  options: NaverCaptchaModuleOptions = {},
  logger = new KeptLogs(),
): Promise<RunningApp> {
  const two = { limit: 2, windowMs: 60_000 };
  return startRoutes(emulator, adapter, {
    options: { dailyQuota: 100_000, issueLimit: two, ...options },
    trust: ['loopback'],
    logger,
  });
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
const hex = (number: number): string => number.toString(16);

describe.each(ADAPTERS)('a network with many addresses on %s', (adapter) => {
  it('gets 16 times the issueLimit of an address, as an IPv4 /24', async () => {
    await using app = await start(adapter);

    expect(
      await statusesOf(
        app,
        numbers(90).map((at) => `203.0.113.${at}`),
      ),
    ).toEqual({ 201: 32, 429: 58 });
    expect(await statusesOf(app, ['203.0.114.1'])).toEqual({ 201: 1 });
  });

  it('gets 64 times the issueLimit of a /64, as an IPv6 /48', async () => {
    await using app = await start(adapter, { issueLimit: { limit: 1, windowMs: 60_000 } });
    const ofOne48 = numbers(70).map((at) => `2001:db8:1:${hex(at)}::${hex(at + 1)}`);

    expect(await statusesOf(app, ofOne48)).toEqual({ 201: 64, 429: 6 });
    expect(await statusesOf(app, ['2001:db8:2::1'])).toEqual({ 201: 1 });
  });

  it('leaves each address its own issueLimit', async () => {
    await using app = await start(adapter);

    expect(await statusesOf(app, Array<string>(5).fill('203.0.113.9'))).toEqual({ 201: 2, 429: 3 });
    expect(
      await statusesOf(
        app,
        numbers(5).map((at) => `2001:db8::${hex(at)}`),
      ),
    ).toEqual({ 201: 2, 429: 3 });
  });

  it('has no more than its IPv4 addresses, however they are spelled', async () => {
    await using app = await start(adapter);
    const spelled = ['1.2.3.4', '::ffff:102:304', '0:0:0:0:0:ffff:1.2.3.4', '::ffff:1.2.3.4'];

    expect(await statusesOf(app, spelled)).toEqual({ 201: 2, 429: 2 });
    expect(await statusesOf(app, ['::ffff:102:305', '::ffff:506:708'])).toEqual({ 201: 2 });
  });

  it('gets its share anew when the window is over', async () => {
    await using app = await start(adapter);
    const addresses = numbers(40).map((at) => `203.0.113.${at}`);
    await statusesOf(app, addresses);
    app.clock.advance(60_001);

    expect(await statusesOf(app, addresses)).toEqual({ 201: 32, 429: 8 });
  });

  it('loses nothing of its share to the refused requests of one address', async () => {
    await using app = await start(adapter);
    await statusesOf(app, Array<string>(50).fill('203.0.113.200'));

    expect(
      await statusesOf(
        app,
        numbers(40).map((at) => `203.0.113.${at}`),
      ),
    ).toEqual({ 201: 30, 429: 10 });
  });
});

describe.each(ADAPTERS)('refusedNetworks on %s', (adapter) => {
  it.each([
    ['203.0.113.0/24', '203.0.113.9', '203.0.114.9'],
    ['203.0.113.9/32', '203.0.113.9:50001', '203.0.113.10'],
    ['203.0.113.0/24', '::ffff:203.0.113.9', '::ffff:203.0.114.9'],
    ['::ffff:203.0.113.0/120', '203.0.113.9', '203.0.114.9'],
    ['2001:db8::/32', '2001:db8:1::1', '2001:db9::1'],
    ['2001:db8::1/128', '2001:db8::1', '2001:db8::2'],
    ['0.0.0.0/0', '203.0.113.9', '2001:db8::1'],
  ])('%s refuses %s and serves %s', async (network, refused, served) => {
    await using app = await start(adapter, { refusedNetworks: ['198.51.100.0/24', network] });
    const before = emulator.requests.length;
    const reply = await askFrom(app, refused);

    expect({ status: reply.status, code: codeOf(reply) }).toEqual({ status: 429, code: 'CAPTCHA_TOO_MANY' });
    expect(reply.headers.get('retry-after')).toBe('3600');
    expect(emulator.requests).toHaveLength(before);
    expect((await askFrom(app, served)).status).toBe(201);
  });

  it('refuse the household that addressKey() gives, too', async () => {
    await using app = await start(adapter, { refusedNetworks: ['2001:db8::/32'] });

    await expect(app.get(NaverCaptchaService).createChallenge({ by: '2001:db8:1:2::/64' })).rejects.toThrow(
      /refusedNetworks/,
    );
  });
});

describe.each(ADAPTERS)('the busiest networks on %s', (adapter) => {
  const linesOf = (logger: KeptLogs): string[] =>
    logger.of('warn').filter((line) => line.includes('CAPTCHA_BUSIEST'));

  function busiestEvents(app: RunningApp): BusiestEvent[] {
    const found: BusiestEvent[] = [];
    app.get<Observable<CaptchaEvent>>(CAPTCHA_EVENTS).subscribe((event) => {
      if (event.type === 'busiest') found.push(event);
    });
    return found;
  }

  it('are named by hash, in one event and one line a minute, when a limit is reached', async () => {
    const logger = new KeptLogs();
    await using app = await start(adapter, {}, logger);
    const events = busiestEvents(app);
    const { network } = await app.get(NaverCaptchaService).hashesOf('203.0.113.77');
    const { household: first } = await app.get(NaverCaptchaService).hashesOf(`203.0.113.${numbers(50)[0]}`);
    await statusesOf(app, ['198.51.100.1']);
    await statusesOf(
      app,
      numbers(50).map((at) => `203.0.113.${at}`),
    );

    expect(linesOf(logger)).toEqual([
      expect.stringContaining(`${network} (challenges: 33, households: 33, busiest household: `),
    ]);
    expect(events).toEqual([
      {
        type: 'busiest',
        networks: [
          { network, challenges: 33, households: 33, busiestHousehold: { household: first, challenges: 1 } },
          {
            network: expect.any(String),
            challenges: 1,
            households: 1,
            busiestHousehold: { household: expect.any(String), challenges: 1 },
          },
        ],
      },
    ]);
    app.clock.advance(60_000);
    await statusesOf(
      app,
      numbers(40).map((at) => `203.0.113.${at}`),
    );
    expect(linesOf(logger)).toHaveLength(2);
    expect(events).toHaveLength(2);
  });

  it('are named although their requests of this minute have only begun', async () => {
    await using app = await start(adapter, { issueLimit: { limit: 2, windowMs: 3_600_000 } });
    const events = busiestEvents(app);
    const attacker = await app.get(NaverCaptchaService).hashesOf('203.0.113.1');
    await statusesOf(
      app,
      numbers(32).map((at) => `203.0.113.${at}`),
    );
    app.clock.advance(60_000);
    await statusesOf(app, Array<string>(3).fill('198.51.100.1'));

    expect(events[0]?.networks[0]).toMatchObject({
      network: attacker.network,
      challenges: 32,
      households: 32,
    });
  });

  it('are named when the day’s quota is nearly used up', async () => {
    const logger = new KeptLogs();
    await using app = await start(adapter, { dailyQuota: 10, issueLimit: false }, logger);
    const { network, household } = await app.get(NaverCaptchaService).hashesOf('203.0.113.9');
    await statusesOf(app, ['203.0.113.10']);
    await statusesOf(app, Array<string>(4).fill('203.0.113.9'));

    expect(linesOf(logger)).toEqual([
      expect.stringContaining(
        `${network} (challenges: 4, households: 2, busiest household: ${household} with 3)`,
      ),
    ]);
  });

  it('are never named by an address', async () => {
    const logger = new KeptLogs();
    await using app = await start(adapter, {}, logger);
    const events = busiestEvents(app);
    await statusesOf(app, Array<string>(5).fill('203.0.113.9'));
    await statusesOf(app, Array<string>(5).fill('2001:db8:77:1::1'));

    expect(events).toHaveLength(1);
    expect(JSON.stringify([events, logger.lines])).not.toMatch(/203\.0\.113|2001:db8:77/);
  });

  it('have the hash of every address and spelling in them', async () => {
    await using app = await start(adapter);
    const service = app.get(NaverCaptchaService);
    const of = (address: string): ReturnType<typeof service.hashesOf> => service.hashesOf(address);

    expect(await of('::ffff:203.0.113.9')).toEqual(await of('203.0.113.9:50001'));
    expect((await of('203.0.113.10')).network).toBe((await of('203.0.113.9')).network);
    expect((await of('203.0.113.10')).household).not.toBe((await of('203.0.113.9')).household);
    expect((await of('2001:db8:1:2::1')).network).toBe((await of('2001:db8:1:3::1')).network);
    expect((await of('2001:db8:2::1')).network).not.toBe((await of('2001:db8:1::1')).network);
    expect((await of('no address')).network).toBeUndefined();
  });
});
