import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import { NaverCaptchaService } from 'nestjs-naver-captcha';

import { comparisons, solve } from '../support/signup.ts';
import { solvePuzzle } from '../support/work.ts';
import { codeOf, DOORS } from './support/doors.ts';

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 11, dailyQuota: 1_000_000, maxRequests: 10_000 });
});

afterAll(() => emulator.close());

const KEY = 'A'.repeat(91);

/** What no form sends, and the code it gets. */
const HOSTILE: [what: string, payload: unknown, code: string][] = [
  ['null', null, 'CAPTCHA_MISSING'],
  ['a number', 42, 'CAPTCHA_MISSING'],
  ['a text', 'captchaKey', 'CAPTCHA_MISSING'],
  ['a megabyte of text', 'A'.repeat(1_000_000), 'CAPTCHA_MISSING'],
  ['an array', ['captchaKey', 'captchaValue'], 'CAPTCHA_MISSING'],
  ['an array that holds an answer', [{ captchaKey: KEY, captchaValue: 'ABCDE' }], 'CAPTCHA_MISSING'],
  ['key objects', { captchaKey: { key: KEY }, captchaValue: { value: 'ABCDE' } }, 'CAPTCHA_MALFORMED'],
  ['arrays of keys', { captchaKey: [KEY], captchaValue: ['ABCDE'] }, 'CAPTCHA_MALFORMED'],
  ['a number as key', { captchaKey: 1, captchaValue: 2 }, 'CAPTCHA_MALFORMED'],
  ['a megabyte as value', { captchaKey: KEY, captchaValue: 'A'.repeat(1_000_000) }, 'CAPTCHA_MALFORMED'],
  ['a megabyte as key', { captchaKey: 'A'.repeat(1_000_000), captchaValue: 'ABCDE' }, 'CAPTCHA_MALFORMED'],
  ['a forged key', { captchaKey: KEY, captchaValue: 'ABCDE' }, 'CAPTCHA_INVALID'],
  ['half an answer', { captchaKey: KEY }, 'CAPTCHA_MISSING'],
  ['fields two levels down', { a: { b: { captchaKey: KEY, captchaValue: 'ABCDE' } } }, 'CAPTCHA_MISSING'],
];

describe.each(DOORS)('@RequireCaptcha() behind $name', ({ open, sendsNull, tellsLanguage }) => {
  it('lets a right answer through once, passes the outcome to the handler, and removes the fields', async () => {
    await using door = await open(emulator);
    const answer = await solve(door.app, emulator);
    const before = comparisons(emulator);

    expect(await door.send({ ...answer, name: '홍길동' })).toEqual({
      ran: {
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
      },
    });
    expect(comparisons(emulator) - before).toBe(1);

    expect(codeOf((await door.send({ ...answer, name: '홍길동' })).error)).toBe('CAPTCHA_USED');
    expect(comparisons(emulator) - before).toBe(1);
  });

  it('lets work through once where kinds name it', async () => {
    await using door = await open(emulator);
    const { key, puzzle } = await door.app.get(NaverCaptchaService).createChallenge({ work: true });
    if (puzzle === undefined) throw new Error('This is no work.');
    const answer = { captchaKey: key, captchaValue: await solvePuzzle(puzzle) };
    const before = emulator.requests.length;

    expect(await door.send(answer)).toMatchObject({
      ran: { outcome: { status: 'verified', kind: 'work', engine: 'work' } },
    });
    expect(codeOf((await door.send(answer)).error)).toBe('CAPTCHA_USED');
    expect(emulator.requests).toHaveLength(before);
  });

  it('leaves the fields where they are with strip: false', async () => {
    await using door = await open(emulator, { options: { strip: false } });
    const answer = await solve(door.app, emulator);

    expect(await door.send(answer)).toMatchObject({ ran: { body: answer } });
  });

  it('refuses a wrong answer and a missing one with their codes', async () => {
    await using door = await open(emulator);
    const { captchaKey } = await solve(door.app, emulator);

    expect(codeOf((await door.send({ captchaKey, captchaValue: 'WRONG' })).error)).toBe('CAPTCHA_WRONG');
    expect(codeOf((await door.send({ name: '홍길동' })).error)).toBe('CAPTCHA_MISSING');
  });

  it('refuses what no form sends with its code, and NAVER never hears of it', async () => {
    await using door = await open(emulator);
    const before = emulator.requests.length;

    for (const [what, payload, code] of HOSTILE) {
      if (payload === null && !sendsNull) continue;
      const { error } = await door.send(payload);
      expect({ what, code: codeOf(error) }).toEqual({ what, code });
    }

    expect(emulator.requests).toHaveLength(before);
  });

  it('takes no answer from a prototype', async () => {
    await using door = await open(emulator);
    const answer = await solve(door.app, emulator);
    const before = emulator.requests.length;

    const { ran, error } = await door.send(JSON.parse(`{"__proto__":${JSON.stringify(answer)}}`));

    expect(ran).toBeUndefined();
    expect(error).toBeDefined();
    expect(emulator.requests).toHaveLength(before);
  });

  it('checks what was sent before the captcha is spent', async () => {
    await using door = await open(emulator);
    const answer = await solve(door.app, emulator);
    const before = comparisons(emulator);

    const refused = await door.send({ ...answer, name: '홍길동', email: 'no' }, 'signUpValid');
    expect(refused.error).toBeDefined();
    expect(comparisons(emulator)).toBe(before);

    expect(
      await door.send({ ...answer, name: '홍길동', email: 'hong@example.com' }, 'signUpValid'),
    ).toMatchObject({ ran: { body: { name: '홍길동', email: 'hong@example.com' } } });
  });

  it('speaks Korean, and English where the client says so', async () => {
    await using korean = await open(emulator);
    await using english = await open(emulator, { acceptLanguage: 'en-US,en;q=0.9' });

    expect((await korean.send({})).error).toMatchObject({ message: expect.stringMatching(/입력해 주세요/) });
    expect((await english.send({})).error).toMatchObject({
      message: expect.stringMatching(tellsLanguage ? /^Please enter/ : /입력해 주세요/),
    });
  });

  it('sends when the client may try again', async () => {
    await using door = await open(emulator);
    const answer = await solve(door.app, emulator);
    emulator.failNext({ fault: 'system-error', call: 'compare' });

    const { error } = await door.send(answer);

    const inExtensions = typeof error === 'object' && error !== null && 'extensions' in error;
    const told = { code: 'CAPTCHA_UNAVAILABLE', statusCode: 503, retryAfterSeconds: expect.any(Number) };
    expect(error).toMatchObject(inExtensions ? { extensions: told } : told);
  });
});
