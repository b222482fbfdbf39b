import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import { type CaptchaErrorCode, NaverCaptchaService } from 'nestjs-naver-captcha';

import { ADAPTERS, type JsonReply } from '../support/app.ts';
import { comparisons, signUp, solve, startSignup } from '../support/signup.ts';

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 1, dailyQuota: 100_000 });
});

afterAll(() => emulator.close());

function expectRefusal({ status, body }: JsonReply, code: CaptchaErrorCode, expectedStatus = 400): void {
  expect(body).toEqual({
    statusCode: expectedStatus,
    error: expect.any(String),
    message: expect.any(String),
    ...(expectedStatus === 503 ? { retryAfterSeconds: expect.any(Number) } : {}),
    code,
    errorCode: code,
  });
  expect(status).toBe(expectedStatus);
}

describe.each(ADAPTERS)('a protected sign-up on %s', (adapter) => {
  it('lets a right answer through, tells the handler of it, and takes the fields out of the body', async () => {
    await using app = await startSignup(emulator, { adapter });
    const answer = await solve(app, emulator);
    const before = comparisons(emulator);

    const reply = await signUp(app, { ...answer, name: '홍길동' });

    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({
      ran: true,
      outcome: {
        status: 'verified',
        kind: 'image',
        engine: 'naver',
        pressure: 'calm',
        price: 0,
        responseTimeSeconds: expect.any(Number),
      },
      body: { name: '홍길동' },
    });
    expect(comparisons(emulator) - before).toBe(1);
  });

  it('finds the answer in headers where the body has none', async () => {
    await using app = await startSignup(emulator, { adapter });
    const { captchaKey, captchaValue } = await solve(app, emulator);

    const reply = await signUp(
      app,
      { name: '홍길동' },
      { 'x-captcha-key': captchaKey, 'x-captcha-value': captchaValue },
    );

    expect(reply.status).toBe(200);
  });

  it('never takes the key from one place and the value from another', async () => {
    await using app = await startSignup(emulator, { adapter });
    const { captchaKey, captchaValue } = await solve(app, emulator);
    const before = comparisons(emulator);

    expectRefusal(await signUp(app, { captchaKey }, { 'x-captcha-value': captchaValue }), 'CAPTCHA_MISSING');
    expectRefusal(
      await signUp(app, { captchaValue }, { 'x-captcha-key': captchaKey, 'x-captcha-value': captchaValue }),
      'CAPTCHA_MISSING',
    );
    expect(comparisons(emulator)).toBe(before);
  });

  it('refuses a wrong answer after one comparison, and the same key afterwards without one', async () => {
    await using app = await startSignup(emulator, { adapter });
    const { captchaKey, captchaValue } = await solve(app, emulator);
    const before = comparisons(emulator);

    expectRefusal(await signUp(app, { captchaKey, captchaValue: 'WRONG' }), 'CAPTCHA_WRONG');
    expect(comparisons(emulator) - before).toBe(1);
    expectRefusal(await signUp(app, { captchaKey, captchaValue }), 'CAPTCHA_USED');
    expect(comparisons(emulator) - before).toBe(1);
  });

  it('refuses a key that has passed', async () => {
    await using app = await startSignup(emulator, { adapter });
    const answer = await solve(app, emulator);
    await signUp(app, answer);
    const before = comparisons(emulator);

    expectRefusal(await signUp(app, answer), 'CAPTCHA_USED');
    expect(comparisons(emulator)).toBe(before);
  });

  it('refuses a key whose picture was never fetched', async () => {
    await using app = await startSignup(emulator, { adapter });
    const { key } = await app.get(NaverCaptchaService).createChallenge();

    expectRefusal(await signUp(app, { captchaKey: key, captchaValue: 'ABCDE' }), 'CAPTCHA_INVALID');
  });

  it('refuses an expired key, from its first second on, without asking NAVER', async () => {
    await using app = await startSignup(emulator, { adapter });
    const early = await solve(app, emulator);
    const late = await solve(app, emulator);
    const before = comparisons(emulator);

    app.clock.advance(599_999);
    expect((await signUp(app, early)).status).toBe(200);
    app.clock.advance(1);
    expectRefusal(await signUp(app, late), 'CAPTCHA_EXPIRED');
    expect(comparisons(emulator) - before).toBe(1);
  });

  it('says expired where NAVER no longer knows the key', async () => {
    await using app = await startSignup(emulator, { adapter });
    const answer = await solve(app, emulator);
    emulator.reset();

    expectRefusal(await signUp(app, answer), 'CAPTCHA_EXPIRED');
  });

  it.each([
    ['another action', { action: 'signup' }, { action: 'login' }],
    ['an action where none is expected', {}, { action: 'login' }],
    ['no action where one is expected', { action: 'signup' }, {}],
    ['another binding', { binding: () => 'session-1' }, { binding: 'session-2' }],
    ['a binding where none is expected', {}, { binding: 'session-2' }],
    ['no binding where one is expected', { binding: () => Promise.resolve('session-1') }, {}],
    ['another kind', { kinds: ['audio' as const] }, {}],
  ])('refuses a key made for %s without asking NAVER', async (_, require, made) => {
    await using app = await startSignup(emulator, { adapter, require });
    const answer = await solve(app, emulator, made);
    const before = comparisons(emulator);

    expectRefusal(await signUp(app, answer), 'CAPTCHA_INVALID');
    expect(comparisons(emulator)).toBe(before);
  });

  it('takes a key made for this action and binding', async () => {
    await using app = await startSignup(emulator, {
      adapter,
      require: { action: 'signup', binding: () => 'session-1', kinds: ['image'] },
    });
    const answer = await solve(app, emulator, { action: 'signup', binding: 'session-1' });

    expect((await signUp(app, answer)).status).toBe(200);
  });

  it.each([
    ['no body fields', { name: 'x' }],
    ['no value', { captchaKey: 'k' }],
    ['no key', { captchaValue: 'v' }],
    ['an empty value', { captchaKey: 'k', captchaValue: '' }],
    ['a blank value', { captchaKey: 'k', captchaValue: '  ' }],
    ['null', { captchaKey: null, captchaValue: null }],
    ['an array for a body', [1, 2]],
  ])('misses the answer where there is %s', async (_, body) => {
    await using app = await startSignup(emulator, { adapter });
    const before = emulator.requests.length;

    expectRefusal(await signUp(app, body), 'CAPTCHA_MISSING');
    expect(emulator.requests).toHaveLength(before);
  });

  it('misses the answer where there is no body at all, whatever the method', async () => {
    await using app = await startSignup(emulator, { adapter });
    const reply = await fetch(`${app.url}/signup`, { method: 'POST' });

    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({ code: 'CAPTCHA_MISSING' });
  });

  it('calls Hangul malformed, spends nothing on it, and names the 한/영 key', async () => {
    await using app = await startSignup(emulator, { adapter });
    const { captchaKey, captchaValue } = await solve(app, emulator);
    const before = comparisons(emulator);

    const reply = await signUp(app, { captchaKey, captchaValue: '햐ㅜㅕㅊ' });

    expectRefusal(reply, 'CAPTCHA_MALFORMED');
    expect(reply.body).toMatchObject({ message: expect.stringContaining('한/영') });
    expect(comparisons(emulator)).toBe(before);
    expect((await signUp(app, { captchaKey, captchaValue })).status).toBe(200);
  });

  it('reads full-width letters and surrounding spaces as what they mean', async () => {
    await using app = await startSignup(emulator, { adapter });
    const { captchaKey, captchaValue } = await solve(app, emulator);
    const fullWidth = captchaValue.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));

    expect((await signUp(app, { captchaKey, captchaValue: `\u3000${fullWidth} ` })).status).toBe(200);
  });

  it.each(['__proto__', 'constructor'])('does not take an answer from %s', async (name) => {
    await using app = await startSignup(emulator, { adapter });
    const answer = await solve(app, emulator);
    const before = comparisons(emulator);

    const reply = await fetch(`${app.url}/signup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"${name}": ${JSON.stringify(answer)}}`,
    });

    expect(reply.status).toBe(400);
    expect(comparisons(emulator)).toBe(before);
  });

  it('does not take a key that a form sends twice', async () => {
    await using app = await startSignup(emulator, { adapter });
    const { captchaKey, captchaValue } = await solve(app, emulator);
    const before = comparisons(emulator);

    const reply = await fetch(`${app.url}/signup`, {
      method: 'POST',
      body: new URLSearchParams([
        ['captchaKey', captchaKey],
        ['captchaKey', captchaKey],
        ['captchaValue', captchaValue],
      ]),
    });

    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({ code: 'CAPTCHA_MALFORMED' });
    expect(comparisons(emulator)).toBe(before);
  });

  it('takes an answer from a plain form', async () => {
    await using app = await startSignup(emulator, { adapter });
    const answer = await solve(app, emulator);

    const reply = await fetch(`${app.url}/signup`, { method: 'POST', body: new URLSearchParams(answer) });

    expect(reply.status).toBe(200);
  });

  it.each([1, 3])('passes one of 20 requests at once with maxAttempts %i', async (maxAttempts) => {
    // The emulator lets comparisons repeat, so that it cannot hide a replay of ours.
    await using lenient = await startNaverCaptchaEmulator({ comparisonsPerKey: Infinity });
    await using app = await startSignup(lenient, { adapter, options: { maxAttempts } });
    const answer = await solve(app, lenient);

    const replies = await Promise.all(Array.from({ length: 20 }, () => signUp(app, answer)));

    const refused = replies.filter(({ status }) => status !== 200);
    expect(refused).toHaveLength(19);
    for (const reply of refused) expectRefusal(reply, 'CAPTCHA_USED');
    if (maxAttempts === 1) expect(comparisons(lenient)).toBe(1);
    else expect(comparisons(lenient)).toBeLessThanOrEqual(maxAttempts);
  });

  it('allows several attempts where maxAttempts says so, and asks NAVER no more once the key has passed', async () => {
    await using lenient = await startNaverCaptchaEmulator({ comparisonsPerKey: Infinity });
    await using app = await startSignup(lenient, { adapter, options: { maxAttempts: 3 } });
    const answer = await solve(app, lenient);

    expectRefusal(await signUp(app, { ...answer, captchaValue: 'WRONG' }), 'CAPTCHA_WRONG');
    expect((await signUp(app, answer)).status).toBe(200);
    expectRefusal(await signUp(app, answer), 'CAPTCHA_USED');
    expect(comparisons(lenient)).toBe(2);
  });

  it('gains nothing from a second attempt where NAVER compares a key once, as the README says', async () => {
    await using app = await startSignup(emulator, { adapter, options: { maxAttempts: 3 } });
    const answer = await solve(app, emulator);
    const before = comparisons(emulator);

    expectRefusal(await signUp(app, { ...answer, captchaValue: 'WRONG' }), 'CAPTCHA_WRONG');
    expectRefusal(await signUp(app, answer), 'CAPTCHA_EXPIRED');
    expect(comparisons(emulator) - before).toBe(2);
  });

  it('takes no outage for a wrong answer, and gives the attempt back', async () => {
    await using app = await startSignup(emulator, { adapter });
    const answer = await solve(app, emulator);
    emulator.failNext({ fault: 'system-error', call: 'compare' });

    const reply = await signUp(app, answer);

    expectRefusal(reply, 'CAPTCHA_UNAVAILABLE', 503);
    expect(reply.headers.get('retry-after')).toBe('5');
    expect((await signUp(app, answer)).status).toBe(200);
  });

  it('gives an attempt back twice and no more', async () => {
    await using app = await startSignup(emulator, { adapter });
    const answer = await solve(app, emulator);
    emulator.failNext({ fault: 'system-error', call: 'compare', times: 3 });

    for (let time = 0; time < 3; time += 1)
      expectRefusal(await signUp(app, answer), 'CAPTCHA_UNAVAILABLE', 503);
    expectRefusal(await signUp(app, answer), 'CAPTCHA_USED');
  });

  it("says until when NAVER's quota is used up", async () => {
    await using app = await startSignup(emulator, { adapter });
    const answer = await solve(app, emulator);
    emulator.failNext({ fault: 'quota', call: 'compare' });

    const reply = await signUp(app, answer);

    expectRefusal(reply, 'CAPTCHA_QUOTA_EXCEEDED', 503);
    // The clock stands at noon in Korea.
    expect(reply.headers.get('retry-after')).toBe(String(12 * 3600));
  });

  it.each(['unauthorized', 'not-ticked'] as const)(
    'calls refused credentials (%s) a misconfiguration',
    async (fault) => {
      await using app = await startSignup(emulator, { adapter });
      const answer = await solve(app, emulator);
      emulator.failNext({ fault, call: 'compare' });

      const reply = await signUp(app, answer);

      expectRefusal(reply, 'CAPTCHA_MISCONFIGURED', 500);
      expect(JSON.stringify(reply.body)).not.toContain('developers.naver.com');
    },
  );
});
