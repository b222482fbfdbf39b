import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';

import { ADAPTERS } from '../support/app.ts';
import { signUp, solve, startSignup } from '../support/signup.ts';

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 4 });
});

afterAll(() => emulator.close());

const SECONDS_PER_REQUEST = 10;
const NAMES = ['captchaKey', 'captchaValue', '__proto__', 'constructor', 'toString', 'length'];

/** Whatever JSON can carry, under the names that matter most. */
const hostileBody = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(fc.constantFrom(...NAMES), fc.jsonValue({ maxDepth: 2 })),
  fc.record({
    captchaKey: fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.base64String({ minLength: 56, maxLength: 160 }),
    ),
    captchaValue: fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('ABCDE', '\0', '\u202e', 'A\nB'),
    ),
  }),
);

describe.each(ADAPTERS)('hostile requests on %s', (adapter) => {
  it('get a 4xx, and NAVER never hears of them: 1,000 bodies', async () => {
    await using app = await startSignup(emulator, { adapter });
    const before = emulator.requests.length;

    await fc.assert(
      fc.asyncProperty(hostileBody, async (body) => {
        const { status } = await post(app.url, { 'content-type': 'application/json' }, JSON.stringify(body));
        expect(status).toBe(400);
      }),
      { numRuns: 1000, seed: 20_261_123 },
    );

    expect(emulator.requests).toHaveLength(before);
  }, 120_000);

  it('get a 4xx for every single-character change of a good key', async () => {
    await using app = await startSignup(emulator, { adapter });
    const { captchaKey, captchaValue } = await solve(app, emulator);
    const before = emulator.requests.length;

    const respelled = [
      ...Array.from(captchaKey).flatMap((_, at) => [
        captchaKey.slice(0, at) + captchaKey.slice(at + 1),
        `${captchaKey.slice(0, at)}A${captchaKey.slice(at)}`,
        captchaKey.slice(0, at) + (captchaKey[at] === 'A' ? 'B' : 'A') + captchaKey.slice(at + 1),
      ]),
      ...['=', '==', '\n', ' ', '\0', '.', '%3D'].flatMap((extra) => [
        captchaKey + extra,
        extra + captchaKey,
      ]),
      captchaKey.replaceAll('-', '+').replaceAll('_', '/') + '=',
      encodeURIComponent(`${captchaKey} `),
      captchaKey.toUpperCase(),
      captchaKey.repeat(2),
    ].filter((spelling) => spelling !== captchaKey);
    for (const spelling of respelled) {
      const { status } = await signUp(app, { captchaKey: spelling, captchaValue });
      expect({ spelling, status }).toEqual({ spelling, status: 400 });
    }

    expect(emulator.requests).toHaveLength(before);
    expect((await signUp(app, { captchaKey, captchaValue })).status).toBe(200);
  }, 120_000);

  it.each([
    [
      'a ten-megabyte value',
      { 'content-type': 'application/json' },
      JSON.stringify({ captchaValue: 'A'.repeat(1e7) }),
    ],
    ['cut-off JSON', { 'content-type': 'application/json' }, '{"captchaKey": "a'],
    ['JSON of deep arrays', { 'content-type': 'application/json' }, '['.repeat(20_000) + ']'.repeat(20_000)],
    ['text', { 'content-type': 'text/plain' }, 'captchaKey=a&captchaValue=b'],
    ['an unknown type', { 'content-type': 'application/x-nothing' }, 'x'],
    ['a multipart form', { 'content-type': 'multipart/form-data; boundary=x' }, '--x--'],
    [
      'nested form fields',
      { 'content-type': 'application/x-www-form-urlencoded' },
      'captchaKey[a][b]=1&captchaValue[]=2',
    ],
    [
      'broken percent-encodings',
      { 'content-type': 'application/x-www-form-urlencoded' },
      'captchaKey=%E0%A4%A&captchaValue=%',
    ],
    ['long headers', { 'x-captcha-key': 'A'.repeat(6000), 'x-captcha-value': 'B'.repeat(6000) }, undefined],
    ['control characters in headers', { 'x-captcha-key': 'a\tb', 'x-captcha-value': '\x80\xff' }, undefined],
  ])('get a 4xx for %s', async (_, headers, body) => {
    await using app = await startSignup(emulator, { adapter });
    const before = emulator.requests.length;

    const { status } = await post(app.url, headers, body);

    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(emulator.requests).toHaveLength(before);
  });
});

async function post(
  url: string,
  headers: Record<string, string>,
  body: string | undefined,
): Promise<{ status: number }> {
  const reply = await fetch(`${url}/signup`, {
    method: 'POST',
    headers,
    signal: AbortSignal.timeout(SECONDS_PER_REQUEST * 1000),
    ...(body === undefined ? {} : { body }),
  });
  await reply.arrayBuffer();
  return { status: reply.status };
}
