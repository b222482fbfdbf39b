import { describe, expect, it } from '@jest/globals';
import { EmulatorFaultError, type EmulatorFault, type NaverCaptchaEmulator } from 'naver-captcha-emulator';
import { audio, compare, errorCode, get, image, issue, paths, shown } from './support/client.ts';
import { startEmulator } from './support/emulators.ts';

const ncloud = paths['ncloud image'];

/** The reason why a request failed below HTTP. */
async function breakage(request: Promise<unknown>): Promise<string> {
  try {
    await request;
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } };
    return cause?.code ?? name;
  }
  return 'it did not break';
}

const healthy = async (emulator: NaverCaptchaEmulator): Promise<void> => {
  expect((await get(emulator, image.issue)).text).toMatch(/^\{"key":"[A-Za-z0-9]{16}"\}$/);
};

describe('replies in place of NAVER replies', () => {
  it.each([
    ['system-error', 500, 'CT500', 500, 'CT500'],
    ['unauthorized', 401, '024', 401, '200'],
    ['not-ticked', 401, '024', 429, '400'],
    ['permission-denied', 403, '071', 401, '210'],
    ['quota', 429, '010', 429, '400'],
    ['rate-limit', 429, '012', 429, '420'],
    ['gateway-503', 503, '900', 503, '500'],
    ['gateway-504', 504, '900', 504, '510'],
  ] as const)('%s', async (fault, status, code, cloudStatus, cloudCode) => {
    const emulator = await startEmulator();
    emulator.failNext({ fault, times: 2 });
    const reply = await get(emulator, image.issue);
    expect([reply.status, errorCode(reply), reply.contentType]).toEqual([
      status,
      code,
      'application/json;charset=UTF-8',
    ]);
    const cloud = await get(emulator, ncloud.issue);
    expect([cloud.status, errorCode(cloud)]).toEqual([cloudStatus, cloudCode]);
    expect(emulator.keys).toEqual([]);
    expect(emulator.requests.map((request) => request.fault)).toEqual([fault, fault]);
    await healthy(emulator);
  });

  it('html: a web page with 200', async () => {
    const emulator = await startEmulator();
    emulator.failNext({ fault: 'html' });
    const reply = await get(emulator, image.issue);
    expect([reply.status, reply.contentType]).toEqual([200, 'text/html;charset=UTF-8']);
    expect(reply.text).toContain('<!doctype html>');
  });

  it('redirect: a client that follows appears in requests', async () => {
    const emulator = await startEmulator();
    emulator.failNext({ fault: 'redirect' });
    const reply = await get(emulator, image.issue);
    expect([reply.status, reply.headers.get('location')]).toEqual([302, '/redirected']);
    expect(emulator.requests).toHaveLength(1);
    await get(emulator, '/redirected');
    expect(emulator.requests.at(-1)).toMatchObject({ path: '/redirected', status: 404, platform: undefined });
    emulator.failNext({ fault: 'redirect', location: 'https://elsewhere.example/x' });
    expect((await get(emulator, image.issue)).headers.get('location')).toBe('https://elsewhere.example/x');
  });

  it('odd-key: hits only issuing, and the key is not kept', async () => {
    const emulator = await startEmulator();
    emulator.failNext({ fault: 'odd-key' });
    emulator.failNext({ fault: 'odd-key', key: '../x' });
    expect((await compare(emulator, 'nosuchkey0000000', 'A')).status).toBe(403);
    expect((JSON.parse((await get(emulator, image.issue)).text) as { key: string }).key).not.toMatch(
      /^[\w-]*$/,
    );
    expect((await get(emulator, image.issue)).text).toBe('{"key":"../x"}');
    expect(emulator.keys).toEqual([]);
  });

  it('reply: the given reply', async () => {
    const emulator = await startEmulator();
    emulator.failNext({ fault: 'reply', status: 418, contentType: 'text/x-tea', body: '차' });
    const reply = await get(emulator, image.issue);
    expect([reply.status, reply.contentType, reply.text]).toEqual([418, 'text/x-tea', '차']);
  });
});

describe('changed replies', () => {
  it('empty: 200 without a body, and the comparison counts', async () => {
    const emulator = await startEmulator();
    const key = await shown(emulator);
    emulator.failNext({ fault: 'empty' });
    const reply = await compare(emulator, key, emulator.answerOf(key));
    expect([reply.status, reply.text]).toEqual([200, '']);
    expect(emulator.keys[0]?.state).toBe('right');
  });

  it('wrong-content-type: the right body with another content type', async () => {
    const emulator = await startEmulator();
    const key = await issue(emulator);
    emulator.failNext({ fault: 'wrong-content-type' });
    const reply = await get(emulator, `${image.media}?key=${key}`);
    expect([reply.contentType, reply.bytes[0]]).toEqual(['application/octet-stream', 0xff]);
    emulator.failNext({ fault: 'wrong-content-type', contentType: 'text/html' });
    expect((await get(emulator, image.issue)).contentType).toBe('text/html');
  });

  it('wrong-result-type: hits only comparisons', async () => {
    const emulator = await startEmulator();
    const key = await shown(emulator);
    emulator.failNext({ fault: 'wrong-result-type' });
    await healthy(emulator);
    expect((await compare(emulator, key, emulator.answerOf(key))).text).toContain('"result":"true"');
  });

  it('truncated: half a body that looks complete, or a connection that ends early', async () => {
    const emulator = await startEmulator();
    emulator.failNext({ fault: 'truncated' });
    expect((await get(emulator, image.issue)).text).toMatch(/^\{"key":"[A-Za-z0-9]+$/);
    const key = await issue(emulator);
    const whole = (await get(emulator, `${image.media}?key=${key}`)).bytes.length;
    emulator.failNext({ fault: 'truncated' });
    expect((await get(emulator, `${image.media}?key=${key}`)).bytes).toHaveLength(Math.floor(whole / 2));
    emulator.failNext({ fault: 'truncated', abort: true });
    expect(await breakage(get(emulator, image.issue))).toBe('UND_ERR_SOCKET');
    await healthy(emulator);
  });

  it('oversized: more than a mebibyte, of JSON that is still valid or of a picture', async () => {
    const emulator = await startEmulator();
    emulator.failNext({ fault: 'oversized', times: 2 });
    const reply = await get(emulator, image.issue);
    expect(reply.bytes).toHaveLength(2_097_152);
    const { key } = JSON.parse(reply.text) as { key: string };
    expect((await get(emulator, `${image.media}?key=${key}`)).bytes).toHaveLength(2_097_152);
    emulator.failNext({ fault: 'oversized', bytes: 5000 });
    expect((await get(emulator, image.issue)).bytes).toHaveLength(5000);
  });

  it.each(['reset-before-headers', 'reset-after-headers', 'silence'] as const)('%s', async (fault) => {
    const emulator = await startEmulator();
    emulator.failNext({ fault });
    const request = get(emulator, image.issue, undefined, { signal: AbortSignal.timeout(300) });
    const expected = {
      'reset-before-headers': 'ECONNRESET',
      'reset-after-headers': 'UND_ERR_SOCKET',
      silence: 'TimeoutError',
    };
    expect(await breakage(request)).toBe(expected[fault]);
    expect(emulator.requests).toMatchObject([
      { fault, call: 'issue', status: fault === 'reset-after-headers' ? 200 : undefined },
    ]);
    await healthy(emulator);
  });

  it('drip: bytes one by one, without end', async () => {
    const emulator = await startEmulator();
    emulator.failNext({ fault: 'drip', intervalMs: 1 });
    const headers = {
      'X-Naver-Client-Id': emulator.clientId,
      'X-Naver-Client-Secret': emulator.clientSecret,
    };
    const response = await fetch(emulator.url + image.issue, { headers });
    expect(response.status).toBe(200);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let bytes = 0;
    while (bytes < 40) {
      const { value, done } = await reader.read();
      expect(done).toBe(false);
      bytes += value?.length ?? 0;
    }
    await reader.cancel();
    await healthy(emulator);
  });

  it('latency: late, by a fixed time or one drawn from a range, alone or with another fault', async () => {
    const emulator = await startEmulator();
    emulator.failNext({ fault: 'latency', latencyMs: 60 });
    emulator.failNext({ fault: 'latency', latencyMs: [60, 90] });
    emulator.failNext({ fault: 'system-error', latencyMs: 60 });
    for (const status of [200, 200, 500]) {
      const begun = performance.now();
      expect((await get(emulator, image.issue)).status).toBe(status);
      // Timers may fire slightly early. The test sets no upper limit, because a busy machine is slow.
      expect(performance.now() - begun).toBeGreaterThan(55);
    }
  });
});

describe('which calls are hit', () => {
  const everyCall = async (emulator: NaverCaptchaEmulator): Promise<string[]> => {
    for (const call of Object.values(paths)) {
      const key = await shown(emulator, call);
      await compare(emulator, key, 'x', call);
    }
    return emulator.requests
      .filter(({ fault }) => fault !== undefined)
      .map(({ platform, kind, call }) => `${platform} ${kind} ${call}`);
  };
  const slow = { fault: 'latency', latencyMs: 1, times: Infinity } as const satisfies EmulatorFault;

  it.each<[EmulatorFault, string[]]>([
    [{ ...slow, call: 'fetch', kind: 'audio', platform: 'ncloud' }, ['ncloud audio fetch']],
    [{ ...slow, call: 'compare', kind: 'image' }, ['developers image compare', 'ncloud image compare']],
    [
      { ...slow, platform: 'developers', kind: 'audio' },
      ['developers audio issue', 'developers audio fetch', 'developers audio compare'],
    ],
  ])('exactly those named: %j', async (fault, hit) => {
    const emulator = await startEmulator();
    emulator.failNext(fault);
    expect(await everyCall(emulator)).toEqual(hit);
  });

  const statuses = async (emulator: NaverCaptchaEmulator, count: number): Promise<number[]> => {
    const seen: number[] = [];
    for (let i = 0; i < count; i += 1) {
      seen.push((await get(emulator, image.issue)).status);
      await get(emulator, audio.issue);
    }
    return seen;
  };

  it('failNext: the next call or calls, oldest fault first', async () => {
    const emulator = await startEmulator();
    emulator.failNext({ fault: 'system-error', kind: 'image', times: 2 });
    emulator.failNext({ fault: 'gateway-503', kind: 'image' });
    expect(await statuses(emulator, 4)).toEqual([500, 500, 503, 200]);
    expect(emulator.faults).toEqual([]);
  });

  it('failEvery: counts only the calls it matches', async () => {
    const emulator = await startEmulator();
    emulator.failEvery({ fault: 'system-error', kind: 'image', every: 3 });
    expect(await statuses(emulator, 7)).toEqual([200, 200, 500, 200, 200, 500, 200]);
    expect(emulator.faults).toMatchObject([{ every: 3, hits: 2 }]);
  });

  it('failEvery: keeps counting when another fault hits first', async () => {
    const emulator = await startEmulator();
    emulator.failEvery({ fault: 'system-error', kind: 'image', every: 2 });
    emulator.failNext({ fault: 'gateway-503', kind: 'image' });
    expect(await statuses(emulator, 4)).toEqual([503, 500, 200, 500]);
  });

  it('failShare: a share drawn from the seed', async () => {
    const draw = async (seed: string): Promise<number[]> => {
      const emulator = await startEmulator({ seed, dailyQuota: Infinity });
      emulator.failShare({ fault: 'system-error', kind: 'image', share: 0.3 });
      return statuses(emulator, 100);
    };
    const first = await draw('a');
    expect(await draw('a')).toEqual(first);
    expect(await draw('b')).not.toEqual(first);
    const failed = first.filter((status) => status === 500).length;
    expect(failed).toBeGreaterThan(15);
    expect(failed).toBeLessThan(45);
  });

  it('failShare: no call at 0, every call at 1', async () => {
    const emulator = await startEmulator();
    emulator.failShare({ fault: 'system-error', kind: 'audio', share: 0 });
    emulator.failShare({ fault: 'gateway-503', kind: 'image', share: 1 });
    expect(await statuses(emulator, 5)).toEqual([503, 503, 503, 503, 503]);
  });

  it('clearFaults and reset disarm everything', async () => {
    const emulator = await startEmulator();
    emulator.failEvery({ fault: 'system-error', every: 1 });
    emulator.clearFaults();
    await healthy(emulator);
    emulator.failEvery({ fault: 'system-error', every: 1 });
    emulator.reset();
    await healthy(emulator);
  });

  it('no fault hits unknown paths and wrong methods', async () => {
    const emulator = await startEmulator();
    emulator.failNext({ fault: 'system-error' });
    expect((await get(emulator, '/v1/captcha/nothing')).status).toBe(404);
    expect((await get(emulator, image.issue, undefined, { method: 'POST' })).status).toBe(405);
    expect((await get(emulator, image.issue)).status).toBe(500);
  });
});

describe('invalid faults', () => {
  it.each<[unknown, RegExp]>([
    [{}, /fault is missing/],
    [{ fault: 'nonsense' }, /fault must be one of/],
    [{ fault: 'latency' }, /latencyMs is missing/],
    [{ fault: 'latency', latencyMs: [5, 1] }, /latencyMs must be/],
    [{ fault: 'html', call: 'verify', kind: 'video' }, /call must be.*kind must be/],
    [{ fault: 'html', tiems: 2 }, /tiems is not known/],
    [{ fault: 'odd-key', call: 'fetch' }, /call must be "issue"/],
    [{ fault: 'reply', status: 99 }, /status must be.*body is missing/],
    [{ fault: 'redirect', location: 'a\r\nb: c' }, /location must be/],
  ])('%j', async (fault, problem) => {
    const emulator = await startEmulator();
    expect(() => {
      emulator.failNext(fault as EmulatorFault);
    }).toThrow(EmulatorFaultError);
    expect(() => {
      emulator.failNext(fault as EmulatorFault);
    }).toThrow(problem);
    expect(emulator.faults).toEqual([]);
  });
});
