import { describe, expect, it } from '@jest/globals';
import type { NaverCaptchaEmulator } from 'naver-captcha-emulator';
import { compare, get, image, issue, keyIn, shown } from './support/client.ts';
import { startEmulator } from './support/emulators.ts';

const setFault = (emulator: NaverCaptchaEmulator, body: unknown) =>
  get(
    emulator,
    '/__emulator/faults',
    {},
    { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) },
  );

const json = async (emulator: NaverCaptchaEmulator, path: string): Promise<unknown> =>
  JSON.parse((await get(emulator, path, {})).text);

describe('control over HTTP', () => {
  it('lists keys with their answers, newest first, and returns a single key', async () => {
    const emulator = await startEmulator();
    const [first, second] = [await issue(emulator), await shown(emulator)];
    await compare(emulator, second, emulator.answerOf(second));
    expect(await json(emulator, '/__emulator/keys')).toEqual([
      expect.objectContaining({
        key: second,
        kind: 'image',
        platform: 'developers',
        state: 'right',
        answer: emulator.answerOf(second),
      }),
      expect.objectContaining({ key: first, state: 'issued' }),
    ]);
    expect(await json(emulator, '/__emulator/keys?limit=1')).toHaveLength(1);
    expect(await json(emulator, `/__emulator/keys/${first}`)).toMatchObject({
      key: first,
      answer: emulator.answerOf(first),
    });
    expect((await get(emulator, '/__emulator/keys/nosuchkey0000000', {})).status).toBe(404);
  });

  it('shows a picture without counting it as fetched', async () => {
    const emulator = await startEmulator();
    const key = await issue(emulator);
    const reply = await get(emulator, `/__emulator/media/${key}`, {});
    expect([reply.status, reply.contentType]).toEqual([200, 'image/jpeg']);
    expect(emulator.keys[0]?.state).toBe('issued');
  });

  it('lists requests, without those to its own paths', async () => {
    const emulator = await startEmulator();
    await issue(emulator);
    await get(emulator, '/', {});
    expect(await json(emulator, '/__emulator/requests')).toEqual([
      expect.objectContaining({ method: 'GET', path: '/v1/captcha/nkey?code=0', call: 'issue', status: 200 }),
    ]);
  });

  it('sets faults, lists them, and removes them', async () => {
    const emulator = await startEmulator();
    const armed = await setFault(emulator, { fault: 'system-error', call: 'issue', times: 2 });
    expect([armed.status, JSON.parse(armed.text)]).toEqual([
      201,
      { id: 1, fault: { fault: 'system-error', call: 'issue', times: 2 }, hits: 0 },
    ]);
    await setFault(emulator, { fault: 'html', every: 5 });
    await setFault(emulator, { fault: 'quota', share: 0.5 });
    expect((await get(emulator, image.issue)).status).toBe(500);
    expect(await json(emulator, '/__emulator/faults')).toMatchObject([
      { hits: 1 },
      { every: 5 },
      { share: 0.5 },
    ]);
    const remove = (path: string) => get(emulator, path, {}, { method: 'DELETE' });
    expect((await remove('/__emulator/faults/1')).status).toBe(204);
    expect((await remove('/__emulator/faults/1')).status).toBe(404);
    expect(emulator.faults).toHaveLength(2);
    expect((await remove('/__emulator/faults')).status).toBe(204);
    expect(emulator.faults).toEqual([]);
  });

  it('names the problem of an invalid fault', async () => {
    const emulator = await startEmulator();
    for (const [body, status, problem] of [
      ['{', 400, 'must be JSON'],
      ['[]', 400, 'is not an object'],
      [{ fault: 'x' }, 400, 'fault must be one of'],
      [{ fault: 'html', every: 2, share: 1 }, 400, 'exclude each other'],
      ['x'.repeat(100_000), 413, 'too long'],
    ] as const) {
      const reply = await setFault(emulator, body);
      expect([reply.status, reply.text]).toEqual([status, expect.stringContaining(problem)]);
    }
    expect(emulator.faults).toEqual([]);
  });

  it('starts again on reset', async () => {
    const emulator = await startEmulator();
    const key = await issue(emulator);
    emulator.failNext({ fault: 'html' });
    expect((await get(emulator, '/__emulator/reset', {}, { method: 'POST' })).status).toBe(204);
    expect([emulator.keys, emulator.requests, emulator.faults]).toEqual([[], [], []]);
    expect(await issue(emulator)).toBe(key);
  });

  it('answers its own paths with 404, 405 and a health check', async () => {
    const emulator = await startEmulator();
    expect((await get(emulator, '/__emulator/nothing', {})).status).toBe(404);
    expect((await get(emulator, '/__emulator/constructor', {})).status).toBe(404);
    expect((await get(emulator, '/__emulator/keys', {}, { method: 'PUT' })).status).toBe(405);
    expect((await get(emulator, '/__emulator/keys?limit=x', {})).status).toBe(400);
    expect(await json(emulator, '/__emulator/health')).toEqual({ status: 'ok' });
  });

  it('refuses requests from pages of other sites', async () => {
    const emulator = await startEmulator();
    const foreign = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };
    expect((await get(emulator, '/__emulator/reset', foreign, { method: 'POST' })).status).toBe(403);
    expect((await get(emulator, '/__emulator/keys', foreign)).status).toBe(403);
  });
});

describe('server-sent events', () => {
  async function* eventsOf(
    emulator: NaverCaptchaEmulator,
    signal: AbortSignal,
  ): AsyncGenerator<{ type: string; data: unknown }> {
    const response = await fetch(`${emulator.url}/__emulator/events`, { signal });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    let text = '';
    for await (const chunk of response.body as ReadableStream<Uint8Array>) {
      text += Buffer.from(chunk).toString();
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const [, type = '', data = 'null'] = /^event: (.*)\ndata: (.*)$/.exec(event) ?? [];
        if (type !== '') yield { type, data: JSON.parse(data) };
      }
    }
  }

  it('send a snapshot, then each change', async () => {
    const emulator = await startEmulator();
    const old = await issue(emulator);
    const stop = new AbortController();
    const events = eventsOf(emulator, stop.signal);
    const next = async () => (await events.next()).value as { type: string; data: Record<string, unknown> };
    expect(await next()).toMatchObject({
      type: 'snapshot',
      data: { keys: [{ key: old }], requests: [{ id: 1 }], faults: [] },
    });
    const key = keyIn((await get(emulator, image.issue)).text);
    expect(await next()).toMatchObject({ type: 'key', data: { key, state: 'issued' } });
    expect(await next()).toMatchObject({ type: 'request', data: { id: 2, status: 200 } });
    emulator.failNext({ fault: 'html' });
    expect(await next()).toMatchObject({ type: 'faults', data: [{ fault: { fault: 'html' } }] });
    emulator.reset();
    expect(await next()).toMatchObject({ type: 'snapshot', data: { keys: [], requests: [], faults: [] } });
    stop.abort();
  });
});
