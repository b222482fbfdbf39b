import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type CaptchaAnswer,
  CaptchaExpiredException,
  CaptchaInvalidException,
  CaptchaBadRequestException,
  CaptchaMisconfiguredException,
  CaptchaQuotaExceededException,
  CaptchaUnavailableException,
  type CaptchaVerdict,
  MemoryCaptchaStore,
  type NaverCaptchaModuleOptions,
} from 'nestjs-naver-captcha';

import { MovableClock } from '../support/app.ts';
import { json, JPEG, type Replay, ReplayServer } from '../support/replay-server.ts';
import { CLIENT_ID, CLIENT_SECRET, type ReplayedApp, startReplayedApp } from '../support/replayed-app.ts';

const VALUE = 'ABC123';
const RIGHT = json({ result: true, responseTime: 1.5 });
const WRONG = json({ result: false, responseTime: 1.5 });
const OUTAGE = json({ errorCode: 'CT500' }, 500);
const PASSED = {
  passed: true,
  kind: 'image',
  engine: 'naver',
  pressure: 'calm',
  price: 0,
  responseTimeSeconds: 1.5,
};
const because = (reason: string) => ({ passed: false, reason });

/** Keys as NAVER issues them, each its own. */
const newNaverKey = (length = 16): string => randomBytes(length).toString('hex').slice(0, length);
const issues = (key = newNaverKey()): Replay => json({ key });

let naver: ReplayServer;
let app: ReplayedApp;

beforeAll(async () => {
  naver = await ReplayServer.start();
  app = await startReplayedApp(naver);
});
beforeEach(() => {
  naver.take();
});
afterAll(async () => {
  await app.app.close();
  await naver[Symbol.asyncDispose]();
});

type ChallengeOptions = Parameters<ReplayedApp['captcha']['createChallenge']>[0];

async function newKey(
  options?: ChallengeOptions,
  { captcha } = app,
  naverKey = newNaverKey(),
): Promise<string> {
  naver.say(issues(naverKey));
  const { key } = await captcha.createChallenge(options);
  naver.take();
  naver.say(RIGHT);
  return key;
}

/** What comes of an answer, and how many calls NAVER got for it. */
async function verified(
  answer: CaptchaAnswer,
  expected: Parameters<ReplayedApp['captcha']['verify']>[1] = {},
  { captcha } = app,
): Promise<CaptchaVerdict & { readonly calls: number }> {
  const verdict = await captcha.verify(answer, expected);
  return { ...verdict, calls: naver.take().length };
}

const judge = (key: string, value = VALUE) => verified({ key, value });

describe('a key', () => {
  it('is one word of base64url, and short', async () => {
    expect(await newKey()).toMatch(/^[A-Za-z0-9_-]{104}$/);
    expect(await newKey({ action: 'signup' })).toMatch(/^[A-Za-z0-9_-]{112}$/);
    const longest = await newKey({ action: 'a'.repeat(32) }, app, newNaverKey(32));
    expect(longest).toMatch(/^[A-Za-z0-9_-]{168}$/);
    const shortest = await newKey({}, app, newNaverKey(8));
    for (const [key, action] of [
      [longest, 'a'.repeat(32)],
      [shortest, undefined],
    ] as const) {
      expect(await verified({ key, value: VALUE }, { action })).toEqual({ ...PASSED, calls: 1 });
    }
  });

  it('shows nothing of what is in it, and is never the same twice', async () => {
    const naverKey = newNaverKey();
    const keys = [];
    for (let count = 0; count < 20; count += 1) keys.push(await newKey({ action: 'signup' }, app, naverKey));
    expect(new Set(keys).size).toBe(20);
    for (const key of keys) {
      expect(Buffer.from(key, 'base64url').toString('latin1')).not.toContain(naverKey);
      expect(Buffer.from(key, 'base64url').toString('latin1')).not.toContain('signup');
    }
  });

  it('opens to the very NAVER key that was sealed', async () => {
    const naverKey = newNaverKey();
    const key = await newKey({}, app, naverKey);
    await app.captcha.verify({ key, value: VALUE });
    expect(naver.take().map(({ path }) => path)).toEqual([
      `/v1/captcha/nkey?code=1&key=${naverKey}&value=${VALUE}`,
    ]);
  });

  it('fetches its own media', async () => {
    const naverKey = newNaverKey();
    const key = await newKey({ action: 'signup', binding: 'session' }, app, naverKey);
    naver.say({ body: JPEG });
    expect(await app.captcha.fetchMedia(key)).toEqual({ contentType: 'image/jpeg', body: JPEG });
    expect(naver.take().map(({ path }) => path)).toEqual([`/v1/captcha/ncaptcha.bin?key=${naverKey}`]);
  });
});

describe('a key that is not quite one', () => {
  const refused = async (key: string): Promise<void> => {
    expect(await judge(key)).toEqual({ ...because('forged'), calls: 0 });
    await expect(app.captcha.fetchMedia(key)).rejects.toBeInstanceOf(CaptchaInvalidException);
    expect(naver.take()).toEqual([]);
  };

  it('has another byte, whichever', async () => {
    const bytes = Buffer.from(await newKey({ action: 'signup' }), 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      for (const bit of [0x01, 0x80]) {
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(index) ^ bit, index);
        await refused(changed.toString('base64url'));
      }
    }
  });

  it('is cut or grown at either end, or in the middle', async () => {
    const bytes = Buffer.from(await newKey(), 'base64url');
    const spliced = (at: number, remove: number, ...insert: Buffer[]): string =>
      Buffer.concat([bytes.subarray(0, at), ...insert, bytes.subarray(at + remove)]).toString('base64url');
    for (const count of [1, 4, 12, 16]) {
      await refused(spliced(bytes.length - count, count));
      await refused(spliced(0, count));
      await refused(spliced(40, count));
      await refused(spliced(bytes.length, 0, Buffer.alloc(count)));
      await refused(spliced(0, 0, Buffer.alloc(count)));
      await refused(spliced(1, 0, Buffer.alloc(count)));
      await refused(spliced(bytes.length - 16, 0, Buffer.alloc(count)));
    }
  });

  it('has a shortened tag', async () => {
    const bytes = Buffer.from(await newKey({ action: 'a'.repeat(32) }), 'base64url');
    for (const length of [4, 8, 12, 13, 14, 15]) {
      await refused(bytes.subarray(0, bytes.length - 16 + length).toString('base64url'));
    }
  });

  it('is a NAVER key, a nonsense, or another format', async () => {
    for (const key of [
      newNaverKey(),
      'x',
      'A'.repeat(60),
      'A'.repeat(91),
      'A'.repeat(160),
      '-'.repeat(100),
    ]) {
      await refused(key);
    }
    for (const length of [45, 68, 116, 120]) await refused(randomBytes(length).toString('base64url'));
  });

  it('longer than any key is malformed', async () => {
    expect(await judge('A'.repeat(191))).toEqual({ ...because('malformed'), calls: 0 });
  });

  it('is spelled otherwise, used or unused', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const spellings = (key: string): string[] => {
      const last = alphabet.indexOf(key.slice(-1));
      // The last of 107 characters carries two bits that mean nothing, and other characters decode alike.
      const alike = [1, 2, 3].map(
        (bits) => key.slice(0, -1) + (alphabet[(last & ~3) | ((last & 3) ^ bits)] ?? ''),
      );
      for (const other of alike) {
        expect(Buffer.from(other, 'base64url')).toEqual(Buffer.from(key, 'base64url'));
      }
      return [
        ...alike,
        ...['=', '==', ' ', '\n', '\t', '\0', '.', '%', '\u200b', '\ufeff'].flatMap((mark) => [
          key + mark,
          mark + key,
          `${key.slice(0, 30)}${mark}${key.slice(30)}`,
        ]),
        key.replaceAll('-', '+').replaceAll('_', '/'),
        key.replace(/^./, (first) => `%${first.charCodeAt(0).toString(16)}`),
        encodeURIComponent(`${key}=`),
        key.replace(/[a-z]/i, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
      ].filter((spelling) => spelling !== key);
    };
    // With both special characters in it, so that every spelling differs.
    const next = () => newKey({}, app, newNaverKey(18));
    let key = await next();
    while (!/(?=.*-).*_/.test(key)) key = await next();
    const all = spellings(key);
    expect(all).toHaveLength(37);
    for (const spelling of all) await refused(spelling);
    expect(await judge(key)).toEqual({ ...PASSED, calls: 1 });
    for (const spelling of all) await refused(spelling);
    expect(await judge(key)).toEqual({ ...because('used'), calls: 0 });
  });
});

describe('where a key opens', () => {
  const elsewhere = async (answer: CaptchaAnswer, options: NaverCaptchaModuleOptions) => {
    await using other = await startReplayedApp(naver, options);
    return await verified(answer, {}, other);
  };

  it('in another application with the same credentials', async () => {
    const key = await newKey();
    expect(await elsewhere({ key, value: VALUE }, {})).toEqual({ ...PASSED, calls: 1 });
  });

  const others: Readonly<Record<string, NaverCaptchaModuleOptions>> = {
    'another client secret': { clientSecret: 'other' },
    'another client id': { clientId: 'other' },
    'another platform': { platform: 'ncloud', dailyQuota: 1000 },
    'a signing secret': { signingSecret: 's'.repeat(32) },
  };
  it.each(Object.entries(others))('not with %s', async (_, options) => {
    const key = await newKey();
    expect(await elsewhere({ key, value: VALUE }, options)).toEqual({ ...because('forged'), calls: 0 });
  });

  it('with a signing secret the client secret does not matter', async () => {
    const signingSecret = 's'.repeat(32);
    await using mine = await startReplayedApp(naver, { signingSecret });
    const key = await newKey({}, mine);
    expect(await elsewhere({ key, value: VALUE }, { signingSecret, clientSecret: 'renewed' })).toMatchObject(
      PASSED,
    );
  });

  it('in another process, and that process ends by itself', async () => {
    const inAnotherProcess = async (options: NaverCaptchaModuleOptions): Promise<unknown> => {
      const script = fileURLToPath(new URL('../support/open-key.mjs', import.meta.url));
      const settings = { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, baseUrl: naver.url, ...options };
      // The other process has the system's clock.
      const answer = { key: await newKey({}, contemporary), value: VALUE };
      const { stdout } = await promisify(execFile)(process.execPath, [
        script,
        JSON.stringify({ options: settings, answer }),
      ]);
      return { ...(JSON.parse(stdout) as object), calls: naver.take().length };
    };
    const clock = new MovableClock();
    clock.advance(Date.now() - clock.now());
    await using contemporary = await startReplayedApp(naver, {}, { clock });
    expect(await inAnotherProcess({})).toEqual({ ...PASSED, calls: 1 });
    expect(await inAnotherProcess({ clientSecret: 'other' })).toEqual({ ...because('forged'), calls: 0 });
  });

  it('through a rotation in three deploys, no key is refused', async () => {
    const [old, fresh] = ['old-'.repeat(8), 'new-'.repeat(8)] as const;
    const deploys: readonly (readonly string[])[] = [[old], [old, fresh], [fresh, old], [fresh]];
    const key = { binding: 'session' };
    const apps: ReplayedApp[] = [];
    for (const signingSecret of deploys) apps.push(await startReplayedApp(naver, { signingSecret }));
    const keys: string[] = [];
    for (const each of apps) keys.push(await newKey(key, each));
    const opens = async (made: number, at: number): Promise<string> => {
      const [from, to] = [keys[made], apps[at]];
      if (from === undefined || to === undefined) throw new Error('There is no such deploy');
      // A wrong binding is a mismatch for a process that can open the key, and spends nothing.
      const verdict = await verified({ key: from, value: VALUE }, { binding: 'other' }, to);
      return verdict.passed ? 'passed' : verdict.reason;
    };
    // Neighbours in time run side by side, and each opens what the other made.
    for (const [made, at] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
      [2, 3],
      [3, 2],
      [3, 3],
    ] as const) {
      expect([made, at, await opens(made, at)]).toEqual([made, at, 'mismatch']);
    }
    for (const [made, at] of [
      [0, 3],
      [1, 3],
      [2, 0],
      [3, 0],
    ] as const) {
      expect([made, at, await opens(made, at)]).toEqual([made, at, 'forged']);
    }
    const [first] = keys;
    expect(await verified({ key: first ?? '', value: VALUE }, key, apps[2])).toEqual({ ...PASSED, calls: 1 });
    for (const each of apps) await each.app.close();
  });

  it('counts uses across a rotation', async () => {
    const [old, fresh] = ['old-'.repeat(8), 'new-'.repeat(8)] as const;
    const store = new MemoryCaptchaStore({ clock: app.clock });
    await using before = await startReplayedApp(naver, { signingSecret: old, store });
    await using after = await startReplayedApp(naver, { signingSecret: [fresh, old], store });
    const key = await newKey({}, before);
    expect(await verified({ key, value: VALUE }, {}, before)).toMatchObject(PASSED);
    expect(await verified({ key, value: VALUE }, {}, after)).toEqual({ ...because('used'), calls: 0 });
  });
});

describe('expiry', () => {
  it('is what the challenge said, to the second', async () => {
    naver.say(issues());
    const { key, expiresAt } = await app.captcha.createChallenge();
    const { key: last } = await app.captcha.createChallenge();
    naver.take();
    naver.say(RIGHT);
    app.clock.advance(expiresAt.getTime() - app.clock.now() - 1);
    expect(await judge(last)).toEqual({ ...PASSED, calls: 1 });
    app.clock.advance(1);
    expect(await judge(key)).toEqual({ ...because('expired'), calls: 0 });
    await expect(app.captcha.fetchMedia(key)).rejects.toBeInstanceOf(CaptchaExpiredException);
    expect(naver.take()).toEqual([]);
  });

  it('comes before everything else that could be said of an opened key', async () => {
    const key = await newKey({ action: 'signup' });
    app.clock.advance(600_000);
    expect(await judge(key)).toEqual({ ...because('expired'), calls: 0 });
  });

  it('a used key stays used as long as it lives, and is expired after', async () => {
    const key = await newKey();
    expect(await judge(key)).toMatchObject(PASSED);
    app.clock.advance(599_000);
    expect(await judge(key)).toEqual({ ...because('used'), calls: 0 });
    app.clock.advance(1000);
    expect(await judge(key)).toEqual({ ...because('expired'), calls: 0 });
  });

  it('NAVER forgets keys as well', async () => {
    const key = await newKey();
    naver.say(json({ result: false, errorMessage: 'Invalid key.', errorCode: 'CT001' }, 403));
    expect(await judge(key)).toEqual({ ...because('expired'), calls: 1 });
    const unshown = await newKey();
    naver.say(json({ errorCode: 'CT002' }, 400));
    expect(await judge(unshown)).toEqual({ ...because('unshown'), calls: 1 });
  });
});

describe('what a key is for', () => {
  const mismatch = { ...because('mismatch'), calls: 0 };

  it.each([
    ['signup', 'login'],
    ['signup', undefined],
    [undefined, 'signup'],
    ['signup', 'sign'],
    ['signup', 'Signup'],
    ['signup', ''],
  ])('made for action %s, and asked for %s', async (action, asked) => {
    const key = await newKey({ action });
    expect(await verified({ key, value: VALUE }, { action: asked })).toEqual(mismatch);
    // A mismatch costs no attempt.
    expect(await verified({ key, value: VALUE }, { action })).toEqual({ ...PASSED, calls: 1 });
  });

  it.each([
    ['session-a', 'session-b'],
    ['session-a', undefined],
    [undefined, 'session-a'],
    ['세션', '세션 '],
    ['a'.repeat(5000), 'a'.repeat(4999)],
  ])('bound to %#, and asked for another', async (binding, asked) => {
    const key = await newKey({ binding });
    expect(await verified({ key, value: VALUE }, { binding: asked })).toEqual(mismatch);
    expect(await verified({ key, value: VALUE }, { binding })).toEqual({ ...PASSED, calls: 1 });
  });

  it.each([
    ['image', ['audio'], '123456'],
    ['audio', ['image'], '123456'],
  ] as const)('%s where only %j is taken', async (kind, kinds, value) => {
    const key = await newKey({ kind });
    expect(await verified({ key, value }, { kinds })).toEqual(mismatch);
    expect(await verified({ key, value }, { kinds: ['audio', 'image'] })).toMatchObject({
      passed: true,
      kind,
    });
  });

  it('a sound is compared as a sound', async () => {
    const naverKey = newNaverKey();
    const key = await newKey({ kind: 'audio' }, app, naverKey);
    await app.captcha.verify({ key, value: '123456' });
    expect(naver.take().map(({ path }) => path)).toEqual([
      `/v1/captcha/skey?code=1&key=${naverKey}&value=123456`,
    ]);
  });

  it.each(['Sign', 'a b', '', 'a'.repeat(33), '가입', 'a\0'])(
    '%j is no action, and costs no call',
    async (action) => {
      naver.say(issues());
      await expect(app.captcha.createChallenge({ action })).rejects.toBeInstanceOf(
        CaptchaBadRequestException,
      );
      expect(naver.take()).toEqual([]);
    },
  );

  it('a kind there is not costs no call', async () => {
    const options = { kind: 'video' } as unknown as ChallengeOptions;
    await expect(app.captcha.createChallenge(options)).rejects.toBeInstanceOf(CaptchaBadRequestException);
    expect(naver.take()).toEqual([]);
  });
});

describe('an answer', () => {
  it.each([
    ['ＡＢＣ１２３', 'ABC123'],
    [' abc123\t', 'abc123'],
    ['\u3000ABC123\u3000', 'ABC123'],
    ['x', 'x'],
    ['A'.repeat(16), 'A'.repeat(16)],
  ])('%j is compared as %j', async (value, compared) => {
    const key = await newKey();
    await app.captcha.verify({ key, value });
    expect(naver.take().map(({ query }) => query.get('value'))).toEqual([compared]);
  });

  it.each([
    'ㅁㅠㅊ123',
    '가나다',
    'abc 123',
    'ABC-123',
    '',
    '   ',
    'A'.repeat(17),
    'A'.repeat(65),
    '🐻',
    '\0',
    "' OR 1",
  ])('%j is none, costs nothing, and the key is still good', async (value) => {
    const key = await newKey();
    expect(await judge(key, value)).toEqual({ ...because('malformed'), calls: 0 });
    expect(await judge(key)).toEqual({ ...PASSED, calls: 1 });
  });

  it('to a sound is digits', async () => {
    const key = await newKey({ kind: 'audio' });
    expect(await judge(key, 'ABC123')).toEqual({ ...because('malformed'), calls: 0 });
    expect(await judge(key, '１２３４５６')).toMatchObject({ passed: true, kind: 'audio', calls: 1 });
  });

  it.each([
    undefined,
    null,
    'text',
    42,
    [],
    {},
    { key: 'x' },
    { value: 'x' },
    { key: 1, value: 2 },
    { key: ['x'], value: 'x' },
    { key: {}, value: { toString: 1 } },
  ])('that is %j is malformed', async (answer) => {
    expect(await verified(answer as unknown as CaptchaAnswer)).toEqual({ ...because('malformed'), calls: 0 });
  });

  it('follows the pattern of the application', async () => {
    await using strict = await startReplayedApp(naver, { answerPattern: { image: /^[A-Z]{5}$/g } });
    for (let count = 0; count < 3; count += 1) {
      const key = await newKey({}, strict);
      expect(await verified({ key, value: 'ABCD' }, {}, strict)).toEqual({
        ...because('malformed'),
        calls: 0,
      });
      expect(await verified({ key, value: 'ABCDE' }, {}, strict)).toEqual({ ...PASSED, calls: 1 });
    }
  });
});

describe('attempts', () => {
  it('one: a wrong answer ends the key', async () => {
    const key = await newKey();
    naver.say(WRONG);
    expect(await judge(key)).toEqual({ ...because('wrong'), calls: 1 });
    naver.say(RIGHT);
    expect(await judge(key)).toEqual({ ...because('used'), calls: 0 });
  });

  it('one: a right answer passes once', async () => {
    const key = await newKey();
    expect(await judge(key)).toEqual({ ...PASSED, calls: 1 });
    expect(await judge(key)).toEqual({ ...because('used'), calls: 0 });
  });

  it('three: right at the third, and then no more', async () => {
    await using patient = await startReplayedApp(naver, { maxAttempts: 3 });
    const key = await newKey({}, patient);
    const next = () => verified({ key, value: VALUE }, {}, patient);
    naver.say(WRONG, WRONG, RIGHT);
    expect([await next(), await next(), await next(), await next()]).toEqual([
      { ...because('wrong'), calls: 1 },
      { ...because('wrong'), calls: 1 },
      { ...PASSED, calls: 1 },
      { ...because('used'), calls: 0 },
    ]);
  });

  it('three: wrong at the third is the end, and a key that passed asks NAVER no more', async () => {
    await using patient = await startReplayedApp(naver, { maxAttempts: 3 });
    const lost = await newKey({}, patient);
    naver.say(WRONG);
    for (let count = 0; count < 3; count += 1) {
      expect(await verified({ key: lost, value: VALUE }, {}, patient)).toEqual({
        ...because('wrong'),
        calls: 1,
      });
    }
    naver.say(RIGHT);
    expect(await verified({ key: lost, value: VALUE }, {}, patient)).toEqual({
      ...because('used'),
      calls: 0,
    });
    const passed = await newKey({}, patient);
    expect(await verified({ key: passed, value: VALUE }, {}, patient)).toEqual({ ...PASSED, calls: 1 });
    expect(await verified({ key: passed, value: VALUE }, {}, patient)).toEqual({
      ...because('used'),
      calls: 0,
    });
  });

  it.each([1, 3])('%d: of twenty right answers at once exactly one passes', async (maxAttempts) => {
    await using racing = await startReplayedApp(naver, { maxAttempts });
    const key = await newKey({}, racing);
    const verdicts = await Promise.all(
      Array.from({ length: 20 }, () => racing.captcha.verify({ key, value: VALUE })),
    );
    expect(verdicts.filter(({ passed }) => passed)).toEqual([PASSED]);
    expect(verdicts.filter(({ passed }) => !passed)).toEqual(
      Array.from({ length: 19 }, () => because('used')),
    );
    expect(naver.take()).toHaveLength(maxAttempts);
  });

  it('the same NAVER key sealed twice is one key', async () => {
    const naverKey = newNaverKey();
    const keys = [await newKey({}, app, naverKey), await newKey({ action: 'login' }, app, naverKey)] as const;
    expect(await judge(keys[0])).toMatchObject(PASSED);
    expect(await verified({ key: keys[1], value: VALUE }, { action: 'login' })).toEqual({
      ...because('used'),
      calls: 0,
    });
  });

  it('one is given back after an outage, at most twice', async () => {
    const key = await newKey();
    const tooFast = json({ errorCode: '012' }, 429);
    for (const trouble of [OUTAGE, tooFast, OUTAGE]) {
      naver.say(trouble);
      await expect(judge(key)).rejects.toBeInstanceOf(CaptchaUnavailableException);
      expect(naver.take()).toHaveLength(1);
    }
    naver.say(RIGHT);
    expect(await judge(key)).toEqual({ ...because('used'), calls: 0 });
  });

  it('a key that met two outages still passes, once', async () => {
    const key = await newKey();
    naver.say(OUTAGE, (_, socket) => void socket.destroy(), RIGHT);
    for (let count = 0; count < 2; count += 1) {
      await expect(judge(key)).rejects.toBeInstanceOf(CaptchaUnavailableException);
    }
    naver.take();
    expect(await judge(key)).toEqual({ ...PASSED, calls: 1 });
    expect(await judge(key)).toEqual({ ...because('used'), calls: 0 });
  });

  it('is given back after a used-up quota: NAVER did not compare', async () => {
    const key = await newKey();
    naver.say(json({ errorCode: '010' }, 429));
    await expect(judge(key)).rejects.toBeInstanceOf(CaptchaQuotaExceededException);
    naver.take();
    naver.say(RIGHT);
    expect(await judge(key)).toEqual({ ...PASSED, calls: 1 });
  });

  it('none is given back after a misconfiguration', async () => {
    const key = await newKey();
    naver.say(json({ errorCode: '024' }, 401));
    await expect(judge(key)).rejects.toBeInstanceOf(CaptchaMisconfiguredException);
    naver.take();
    naver.say(RIGHT);
    expect(await judge(key)).toEqual({ ...because('used'), calls: 0 });
  });

  it("the day's quota says when it resets: midnight in Korea", async () => {
    const key = await newKey();
    naver.say(json({ errorCode: '010' }, 429));
    const error: unknown = await app.captcha.verify({ key, value: VALUE }).catch((thrown: unknown) => thrown);
    const { retryAfterSeconds = 0 } = error as CaptchaQuotaExceededException;
    const resetsAt = new Date(app.clock.now() + retryAfterSeconds * 1000);
    const inKorea = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Seoul', timeStyle: 'medium' });
    expect(inKorea.format(resetsAt)).toMatch(/^(00|24):00:0[01]$/);
    expect(retryAfterSeconds).toBeLessThanOrEqual(86_400);
  });
});

describe("keys: 'raw'", () => {
  let raw: ReplayedApp;
  beforeAll(async () => {
    raw = await startReplayedApp(naver, { keys: 'raw' });
  });
  afterAll(() => raw.app.close());

  it('what the browser holds is the NAVER key', async () => {
    const naverKey = newNaverKey();
    expect(await newKey({}, raw, naverKey)).toBe(naverKey);
    expect(await verified({ key: naverKey, value: VALUE }, {}, raw)).toEqual({ ...PASSED, calls: 1 });
    expect(await verified({ key: naverKey, value: VALUE }, {}, raw)).toEqual({
      ...because('used'),
      calls: 0,
    });
  });

  it('keys issued elsewhere are taken, and compared as the kind that is asked for', async () => {
    const [picture, sound] = [newNaverKey(), newNaverKey()];
    naver.say(RIGHT);
    await raw.captcha.verify({ key: picture, value: VALUE });
    await raw.captcha.verify({ key: sound, value: '123456' }, { kinds: ['audio'] });
    expect(naver.take().map(({ path }) => path)).toEqual([
      `/v1/captcha/nkey?code=1&key=${picture}&value=${VALUE}`,
      `/v1/captcha/skey?code=1&key=${sound}&value=123456`,
    ]);
  });

  it.each([
    'short12',
    'a'.repeat(33),
    'abcd-efgh',
    'abcdefg ',
    'abcdefgh\n',
    '가나다라마바사아',
    'a&b=c&d=e',
  ])('%j is no key, and causes no call', async (key) => {
    expect(await verified({ key, value: VALUE }, {}, raw)).toEqual({ ...because('forged'), calls: 0 });
  });

  it('a use is remembered for two hours', async () => {
    const key = newNaverKey();
    naver.say(RIGHT);
    expect(await verified({ key, value: VALUE }, {}, raw)).toMatchObject(PASSED);
    raw.clock.advance(7_199_999);
    expect(await verified({ key, value: VALUE }, {}, raw)).toEqual({ ...because('used'), calls: 0 });
    raw.clock.advance(1);
    expect((await verified({ key, value: VALUE }, {}, raw)).calls).toBe(1);
  });

  it.each([{ action: 'signup' }, { binding: 'session' }])(
    '%j cannot be kept, and costs no call',
    async (asked) => {
      naver.say(issues());
      await expect(raw.captcha.createChallenge(asked)).rejects.toBeInstanceOf(CaptchaMisconfiguredException);
      await expect(raw.captcha.verify({ key: newNaverKey(), value: VALUE }, asked)).rejects.toBeInstanceOf(
        CaptchaMisconfiguredException,
      );
      expect(naver.take()).toEqual([]);
    },
  );
});
