import { describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import {
  audio,
  compare,
  errorCode,
  get,
  headersFor,
  image,
  issue,
  ManualClock,
  paths,
  shown,
} from './support/client.ts';
import { startEmulator } from './support/emulators.ts';

const right = { result: true };

describe.each(Object.entries(paths))('the three calls, %s', (name, call) => {
  it('take a key from issuing to a right answer', async () => {
    const emulator = await startEmulator();
    const key = await issue(emulator, call);
    const media = await get(emulator, `${call.media}?key=${key}`);
    expect(media.status).toBe(200);
    expect(media.headers.get('content-length')).toBeNull();
    expect(JSON.parse((await compare(emulator, key, emulator.answerOf(key), call)).text)).toMatchObject(
      right,
    );
    expect(emulator.keys).toMatchObject([{ key, state: 'right', comparisons: 1 }]);
    expect(emulator.requests.map((request) => request.call)).toEqual(['issue', 'fetch', 'compare']);
    expect(emulator.requests.every(({ naverKey, status }) => naverKey === key && status === 200)).toBe(true);
  });

  it('refuse callers without credentials and with wrong ones', async () => {
    const emulator = await startEmulator({ ncloudFetchNeedsCredentials: true });
    const good = headersFor(name.startsWith('developers') ? 'developers' : 'ncloud', emulator);
    const [id = '', secret = ''] = Object.keys(good);
    for (const headers of [
      {},
      { [id]: emulator.clientId },
      { ...good, [secret]: 'wrong' },
      { ...good, [id]: 'wrong' },
    ]) {
      for (const path of [call.issue, `${call.media}?key=0000000000000000`]) {
        const reply = await get(emulator, path, headers);
        expect([reply.status, errorCode(reply)]).toEqual([
          401,
          name.startsWith('developers') ? '024' : '200',
        ]);
        expect(reply.text).not.toContain(emulator.clientSecret);
      }
    }
    expect(emulator.keys).toEqual([]);
  });

  it('say that a key of another kind or platform, an unknown one and none at all are invalid', async () => {
    const emulator = await startEmulator();
    const others = Object.entries(paths).filter(([other]) => other !== name);
    const keys = await Promise.all(others.map(([, other]) => shown(emulator, other)));
    for (const query of [...keys.map((key) => `key=${key}`), 'key=nosuchkey0000000', 'key=', '']) {
      const replies = [
        await get(emulator, `${call.issue}?code=1&value=A&${query}`),
        await get(emulator, `${call.media}?${query}`),
      ];
      for (const reply of replies) expect([reply.status, errorCode(reply)]).toEqual([403, 'CT001']);
    }
    expect(emulator.keys.every(({ state }) => state === 'fetched')).toBe(true);
  });

  it('say that a picture or sound was never fetched, without using up the key', async () => {
    const emulator = await startEmulator();
    const key = await issue(emulator, call);
    const early = await compare(emulator, key, emulator.answerOf(key), call);
    expect([early.status, errorCode(early)]).toEqual([400, 'CT002']);
    await get(emulator, `${call.media}?key=${key}`);
    expect((await compare(emulator, key, emulator.answerOf(key), call)).text).toContain('"result":true');
  });

  it('refuse a key when it has expired', async () => {
    const clock = new ManualClock();
    const emulator = await startEmulator({ clock, keyTtlMs: 60_000 });
    const key = await shown(emulator, call);
    clock.advance(59_999);
    expect(emulator.keys[0]?.state).toBe('fetched');
    clock.advance(1);
    expect(emulator.keys[0]?.state).toBe('expired');
    for (const reply of [
      await compare(emulator, key, emulator.answerOf(key), call),
      await get(emulator, `${call.media}?key=${key}`),
    ]) {
      expect([reply.status, errorCode(reply)]).toEqual([403, 'CT001']);
    }
  });

  it('compare a key once, and as often as the option says', async () => {
    const once = await startEmulator();
    const key = await shown(once, call);
    expect((await compare(once, key, 'wrong', call)).text).toContain('"result":false');
    expect(errorCode(await compare(once, key, once.answerOf(key), call))).toBe('CT001');
    expect(once.keys[0]?.state).toBe('wrong');

    const twice = await startEmulator({ comparisonsPerKey: 2 });
    const other = await shown(twice, call);
    expect((await compare(twice, other, 'wrong', call)).text).toContain('"result":false');
    expect((await compare(twice, other, twice.answerOf(other), call)).text).toContain('"result":true');
    expect(errorCode(await compare(twice, other, twice.answerOf(other), call))).toBe('CT001');
  });
});

describe('paths, methods and parameters', () => {
  it('answers a wrong path with the 404 of the platform of its prefix', async () => {
    const emulator = await startEmulator();
    for (const path of ['/v1/captcha/nkeyx', '/v1/captcha/nkey/', '/nothing', '/v1/search/blog']) {
      const reply = await get(emulator, path);
      expect([reply.status, errorCode(reply)]).toEqual([404, '051']);
    }
    for (const path of [
      '/captcha/v1/nkeyx',
      '/captcha-bin/v1/nkey',
      '/scaptcha/v1/',
      '/scaptcha-bin/v2/scaptcha',
    ]) {
      const reply = await get(emulator, path);
      expect([reply.status, errorCode(reply)]).toEqual([404, '300']);
    }
  });

  it('serves the .bin of the Java sample for audio', async () => {
    const emulator = await startEmulator();
    const key = await issue(emulator, audio);
    expect((await get(emulator, `/v1/captcha/scaptcha.bin?key=${key}`)).contentType).toBe(
      'audio/wav;charset=UTF-8',
    );
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'])('answers %s with 405', async (method) => {
    const emulator = await startEmulator();
    for (const path of Object.values(paths).flatMap((call) => [call.issue, call.media])) {
      expect((await get(emulator, path, undefined, { method })).status).toBe(405);
    }
    expect(emulator.keys).toEqual([]);
  });

  it('issues if code is absent, and refuses an unknown code', async () => {
    const emulator = await startEmulator();
    expect((await get(emulator, image.issue)).text).toMatch(/^\{"key":/);
    expect((await get(emulator, `${image.issue}?code=2`)).status).toBe(400);
  });

  it('takes a missing value for a wrong answer', async () => {
    const emulator = await startEmulator();
    const key = await shown(emulator);
    const reply = await get(emulator, `${image.issue}?code=1&key=${key}`);
    expect([reply.status, reply.text]).toEqual([200, expect.stringContaining('"result":false')]);
  });

  it('refuses a query that cannot be decoded', async () => {
    const emulator = await startEmulator();
    for (const query of ['key=%', 'key=%zz', 'key=%ff', 'key=%e0%80%80', '%=1']) {
      expect((await get(emulator, `${image.media}?${query}`)).status).toBe(400);
    }
  });

  it('takes credentials from the query only on the media paths of NAVER Cloud', async () => {
    const emulator = await startEmulator({ ncloudFetchNeedsCredentials: true });
    const credentials = new URLSearchParams(headersFor('ncloud', emulator)).toString();
    const { issue: keyPath, media } = paths['ncloud image'];
    const key = await issue(emulator, paths['ncloud image']);
    expect((await get(emulator, `${media}?key=${key}&${credentials}`, {})).status).toBe(200);
    expect((await get(emulator, `${keyPath}?${credentials}`, {})).status).toBe(401);
    expect((await get(emulator, `${image.issue}?${credentials}`, {})).status).toBe(401);
    expect(JSON.stringify(emulator.requests)).not.toContain(emulator.clientSecret);
  });
});

describe('fetching on NAVER Cloud needs no credentials, as web pages load it by the key alone', () => {
  const ncloud = Object.entries(paths).filter(([name]) => name.startsWith('ncloud'));

  it.each(ncloud)('%s: the key is enough, and credentials are not looked at', async (_, call) => {
    const emulator = await startEmulator();
    const key = await issue(emulator, call);
    for (const [query, headers] of [
      [`key=${key}`, {}],
      [`key=${key}&X-NCP-APIGW-API-KEY-ID=${emulator.clientId}`, {}],
      [`key=${key}`, { 'X-NCP-APIGW-API-KEY-ID': 'wrong', 'X-NCP-APIGW-API-KEY': 'wrong' }],
    ] as const) {
      expect((await get(emulator, `${call.media}?${query}`, headers)).status).toBe(200);
    }
    const unknown = await get(emulator, `${call.media}?key=nosuchkey0000000`, {});
    expect([unknown.status, errorCode(unknown)]).toEqual([403, 'CT001']);
    expect(emulator.keys[0]?.state).toBe('fetched');
  });

  it.each(ncloud)('%s: issuing and comparing need them as before', async (_, call) => {
    const emulator = await startEmulator();
    const key = await shown(emulator, call);
    for (const query of ['code=0', `code=1&key=${key}&value=x`]) {
      expect((await get(emulator, `${call.issue}?${query}`, {})).status).toBe(401);
    }
    expect(emulator.keys[0]?.comparisons).toBe(0);
  });

  it('unless ncloudFetchNeedsCredentials is set, and never on NAVER Developers', async () => {
    const strict = await startEmulator({ ncloudFetchNeedsCredentials: true });
    const call = paths['ncloud image'];
    const key = await issue(strict, call);
    const id = `X-NCP-APIGW-API-KEY-ID=${strict.clientId}`;
    expect((await get(strict, `${call.media}?key=${key}&${id}`, {})).status).toBe(401);
    expect((await get(strict, `${call.media}?key=${key}`)).status).toBe(200);
    const emulator = await startEmulator();
    expect((await get(emulator, `${image.media}?key=${await issue(emulator)}`, {})).status).toBe(401);
  });
});

describe('quota and rate', () => {
  it('counts issuing and comparing per kind, not fetching, and starts again at midnight in Seoul', async () => {
    const clock = new ManualClock(Date.parse('2026-05-01T23:59:00+09:00'));
    const emulator = await startEmulator({ clock, dailyQuota: 3 });
    const key = await shown(emulator);
    await get(emulator, `${image.media}?key=${key}`);
    await compare(emulator, key, 'x');
    await issue(emulator);
    for (const count of [4, 5]) {
      const reply = await get(emulator, image.issue);
      expect([reply.status, errorCode(reply)]).toEqual([429, '010']);
      expect(reply.text).toContain(`{count/quota=${count}/3}`);
    }
    expect((await get(emulator, `${image.media}?key=${await issue(emulator, audio)}`)).status).toBe(403);
    expect((await get(emulator, audio.issue)).status).toBe(200);
    clock.advance(59_999);
    expect((await get(emulator, image.issue)).status).toBe(429);
    clock.advance(1);
    expect((await get(emulator, image.issue)).status).toBe(200);
  });

  it('limits the calls per second', async () => {
    const clock = new ManualClock(1_000_000);
    const emulator = await startEmulator({ clock, rateLimitPerSecond: 2 });
    const statuses = async () => [
      (await get(emulator, image.issue)).status,
      (await get(emulator, image.issue)).status,
    ];
    expect(await statuses()).toEqual([200, 200]);
    expect(await statuses()).toEqual([429, 429]);
    clock.advance(1000);
    expect(await statuses()).toEqual([200, 200]);
  });

  it('refuses the kind whose API is not ticked, on both platforms', async () => {
    const emulator = await startEmulator({ kinds: ['image'] });
    expect((await get(emulator, audio.issue)).text).toContain('Scope Status Invalid');
    expect(errorCode(await get(emulator, paths['ncloud audio'].issue))).toBe('400');
    expect((await get(emulator, image.issue)).status).toBe(200);
  });
});

describe('answers', () => {
  it('return the response time with two decimals, up to two hours, else -1', async () => {
    const clock = new ManualClock();
    const emulator = await startEmulator({ clock, comparisonsPerKey: Infinity });
    const key = await shown(emulator);
    const begun = clock.at;
    for (const [ms, seconds] of [
      [0, 0],
      [15_364, 15.36],
      [84_600, 84.6],
      [7_200_000, 7200],
      [7_200_010, -1],
      [-10, -1],
    ] as const) {
      clock.at = begun + ms;
      expect(JSON.parse((await compare(emulator, key, 'x')).text)).toEqual({
        result: false,
        responseTime: seconds,
      });
    }
  });

  it('have no response time for audio, unless the option says so', async () => {
    const without = await startEmulator();
    expect((await compare(without, await shown(without, audio), 'x', audio)).text).toBe('{"result":false}');
    const withTime = await startEmulator({ audioResponseTime: true });
    expect((await compare(withTime, await shown(withTime, audio), 'x', audio)).text).toContain(
      '"responseTime":',
    );
  });

  it('ignore the case of letters, unless the option says otherwise', async () => {
    const lenient = await startEmulator({ comparisonsPerKey: Infinity });
    const key = await shown(lenient);
    expect((await compare(lenient, key, lenient.answerOf(key).toLowerCase())).text).toContain('true');
    const strict = await startEmulator({ caseSensitive: true, comparisonsPerKey: Infinity });
    const other = await shown(strict);
    expect((await compare(strict, other, strict.answerOf(other).toLowerCase())).text).toContain('false');
    expect((await compare(strict, other, strict.answerOf(other))).text).toContain('true');
  });

  it('are 5 to 7 letters and digits without look-alikes, or 6 spoken digits', async () => {
    const emulator = await startEmulator({ dailyQuota: Infinity });
    for (let i = 0; i < 200; i += 1) {
      expect(emulator.answerOf(await issue(emulator))).toMatch(/^[ACDEHJKMNPRTUWY469]{5,7}$/);
      expect(emulator.answerOf(await issue(emulator, audio))).toMatch(/^\d{6}$/);
    }
    const lengths = new Set(
      emulator.keys.filter(({ kind }) => kind === 'image').map(({ answer }) => answer.length),
    );
    expect([...lengths].sort()).toEqual([5, 6, 7]);
  });

  it('are as long as the options say', async () => {
    const emulator = await startEmulator({ answerLength: 4, audioAnswerLength: [2, 2] });
    expect(emulator.answerOf(await issue(emulator))).toHaveLength(4);
    expect(emulator.answerOf(await issue(emulator, audio))).toHaveLength(2);
  });
});

describe('media', () => {
  it.each(['photo', 'flow', 'plain', 'mixed'] as const)('draws %s as a JPEG of 300 by 100', async (style) => {
    const emulator = await startEmulator({ style });
    const reply = await get(emulator, `${image.media}?key=${await issue(emulator)}`);
    expect(await sharp(reply.bytes).metadata()).toMatchObject({ format: 'jpeg', width: 300, height: 100 });
    expect(reply.bytes.length).toBeLessThan(20_000);
    expect(reply.text).not.toContain('<svg');
  });

  it('draws both styles if the style is mixed', async () => {
    const emulator = await startEmulator();
    const colourSpaces = new Set<string | undefined>();
    for (let i = 0; i < 20; i += 1) {
      const { bytes } = await get(emulator, `${image.media}?key=${await issue(emulator)}`);
      colourSpaces.add((await sharp(bytes).metadata()).space);
    }
    expect([...colourSpaces].sort()).toEqual(['b-w', 'srgb']);
  });

  it('draws the same again for the same key', async () => {
    const emulator = await startEmulator();
    for (const call of [image, audio]) {
      const key = await issue(emulator, call);
      const first = await get(emulator, `${call.media}?key=${key}`);
      await shown(emulator);
      expect((await get(emulator, `${call.media}?key=${key}`)).bytes.equals(first.bytes)).toBe(true);
    }
  });

  it('speaks Korean and English differently', async () => {
    const [ko, en] = await Promise.all([startEmulator({ lang: 'ko' }), startEmulator({ lang: 'en' })]);
    const sounds = await Promise.all(
      [ko, en].map(async (emulator) => get(emulator, `${audio.media}?key=${await issue(emulator, audio)}`)),
    );
    expect(ko.keys[0]?.answer).toBe(en.keys[0]?.answer);
    expect(sounds[0]?.bytes.equals(sounds[1]?.bytes ?? Buffer.alloc(0))).toBe(false);
  });
});
