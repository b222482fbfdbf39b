import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

import { describe, expect, it } from '@jest/globals';

import { json, JPEG, type Replay, ReplayServer } from '../support/replay-server.ts';
import { type ReplayedSetup, startReplayedApp } from '../support/replayed-app.ts';

const KEY = 't521bp3qM7Qyk2X2';
const RIGHT = JSON.stringify({ result: true });
const WAYS = [
  ['straight through undici', {}],
  ["through the application's HttpService", { throughHttpService: true }],
] as const satisfies readonly [string, ReplayedSetup][];

describe.each(WAYS)('an interim reply before the reply, %s,', (_, way) => {
  const whole = `HTTP/1.1 200 OK\r\nContent-Length: ${RIGHT.length}\r\n\r\n${RIGHT}`;
  const again = 'HTTP/1.1 100 Continue\r\nX-Proxy: a\r\n\r\n';

  it.each<[string, Replay]>([
    [
      '100 Continue',
      (response) => {
        response.writeContinue();
        response.end(RIGHT);
      },
    ],
    [
      'two of them in one piece with the reply',
      (_response, socket) => void socket.write(again + again + whole),
    ],
    [
      '100 Continue, byte by byte',
      (_response, socket) => {
        const bytes = Array.from(Buffer.from(again + whole, 'latin1'));
        const next = (): void => {
          const byte = bytes.shift();
          if (byte !== undefined) socket.write(Buffer.of(byte), () => setImmediate(next));
        };
        next();
      },
    ],
    [
      '102 and 103',
      (response) => {
        response.writeProcessing();
        response.writeEarlyHints({ link: '</style.css>; rel=preload' });
        response.end(RIGHT);
      },
    ],
  ])('%s is passed over', async (_name, replay) => {
    await using naver = await ReplayServer.start(replay);
    await using app = await startReplayedApp(naver, {}, way);
    for (let time = 0; time < 5; time += 1) {
      expect(await app.client.compare('image', KEY, 'A')).toEqual({ result: 'right' });
    }
    expect(naver.requests).toHaveLength(5);
  });

  it('that never ends is an outage', async () => {
    await using naver = await ReplayServer.start((_response, socket) => {
      socket.write(`HTTP/1.1 100 Continue\r\nX: ${'a'.repeat(40_000)}`);
    });
    await using app = await startReplayedApp(naver, { timeoutMs: 2000 }, way);

    await expect(app.client.compare('image', KEY, 'A')).rejects.toMatchObject({ origin: 'naver' });
  });
});

describe.each(WAYS)('a compressed reply, %s,', (_, way) => {
  const PACKED = [
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const;

  it.each(PACKED)('by %s is understood, though none is asked for', async (encoding, compress) => {
    const headers = { 'content-encoding': encoding };
    await using naver = await ReplayServer.start(
      { headers, body: compress(RIGHT) },
      { headers, body: compress(JPEG), chunked: true },
    );
    await using app = await startReplayedApp(naver, {}, way);

    expect(await app.client.compare('image', KEY, 'A')).toEqual({ result: 'right' });
    expect((await app.client.fetchMedia('image', KEY)).body).toEqual(JPEG);
    expect(naver.requests.map((request) => request.headers['accept-encoding'])).toEqual([
      'identity',
      'identity',
    ]);
  });

  it.each(PACKED)('by %s is bounded', async (encoding, compress) => {
    const body = compress(Buffer.alloc(50 * 1024 * 1024));
    await using naver = await ReplayServer.start({ headers: { 'content-encoding': encoding }, body });
    await using app = await startReplayedApp(naver, {}, way);

    await expect(app.client.compare('image', KEY, 'A')).rejects.toMatchObject({
      upstream: { code: 'REPLY_TOO_LARGE' },
    });
  });

  it.each([
    ['cut off', 'gzip', gzipSync(RIGHT).subarray(0, 20)],
    ['that is none', 'gzip', Buffer.from(RIGHT)],
    ['of an unknown kind', 'zstd', gzipSync(RIGHT)],
  ])('%s is an outage', async (_name, encoding, body) => {
    await using naver = await ReplayServer.start({ headers: { 'content-encoding': encoding }, body });
    await using app = await startReplayedApp(naver, {}, way);

    await expect(app.client.compare('image', KEY, 'A')).rejects.toMatchObject({ origin: 'naver' });
  });

  it('called identity is read as it is', async () => {
    await using naver = await ReplayServer.start({
      headers: { 'content-encoding': 'identity' },
      body: RIGHT,
    });
    await using app = await startReplayedApp(naver, {}, way);

    expect(await app.client.compare('image', KEY, 'A')).toEqual({ result: 'right' });
  });
});

describe('a peer that closes unused sockets sooner than this side does', () => {
  it('gets each comparison on a socket of its own for a minute, so that none meets a close', async () => {
    await using naver = await ReplayServer.start(json({ result: true }));
    await using app = await startReplayedApp(naver);
    const compare = () => app.client.compare('image', KEY, 'A');
    await compare();
    await compare();
    naver.closeUnused();
    await naver.until(() => naver.open === 0);
    const { opened } = naver;
    naver.take();
    for (let time = 0; time < 10; time += 1) await compare();
    expect(naver.opened - opened).toBe(10);
    expect(new Set(naver.take().map(({ headers }) => headers.connection))).toEqual(new Set(['close']));

    app.clock.advance(60_000);
    for (let time = 0; time < 10; time += 1) await compare();
    expect(new Set(naver.take().map(({ headers }) => headers.connection))).toEqual(new Set(['keep-alive']));
  });

  it('is left first if it names its time in Keep-Alive', async () => {
    await using naver = await ReplayServer.start({
      headers: { connection: 'keep-alive', 'keep-alive': 'timeout=2' },
      body: RIGHT,
    });
    await using app = await startReplayedApp(naver);
    for (let time = 0; time < 3; time += 1) await app.client.compare('image', KEY, 'A');

    expect(naver.opened).toBe(3);
  });
});

it('a comparison whose socket breaks before a byte of the reply is not sent again', async () => {
  await using naver = await ReplayServer.start((_, socket) => void socket.end(), json({ result: true }));
  await using app = await startReplayedApp(naver);

  await expect(app.client.compare('image', KEY, 'A')).rejects.toMatchObject({ origin: 'naver' });
  expect(naver.requests).toHaveLength(1);
});
