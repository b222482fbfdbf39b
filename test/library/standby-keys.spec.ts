import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  type CaptchaExpectation,
  type CaptchaVerdict,
  NaverCaptchaModule,
  type NaverCaptchaModuleOptions,
  NaverCaptchaService,
} from 'nestjs-naver-captcha';

import { MovableClock, type RunningApp, startApp } from '../support/app.ts';
import { ReplayServer } from '../support/replay-server.ts';
import { readableStandby } from '../support/standby.ts';

const SECRETS = [
  'an old signing secret of 40 characters..',
  'a new signing secret of 40 characters...',
] as const;

let clock: MovableClock;

beforeEach(() => {
  clock = new MovableClock();
});

/** An application without NAVER, of which only the keys matter. */
function start(options: NaverCaptchaModuleOptions = {}): Promise<RunningApp> {
  return startApp({
    clock,
    imports: [
      NaverCaptchaModule.forRoot({
        engines: ['standby'],
        standby: readableStandby(),
        signingSecret: SECRETS[0],
        ...options,
      }),
    ],
  });
}

type Making = Parameters<NaverCaptchaService['createChallenge']>[0];

async function make(app: RunningApp, options?: Making): Promise<{ key: string; value: string }> {
  const service = app.get(NaverCaptchaService);
  const { key } = await service.createChallenge(options);
  const [value = ''] = (await service.fetchMedia(key)).body.toString().split(' ');
  return { key, value };
}

function verify(
  app: RunningApp,
  answer: { key: string; value: string },
  expected?: CaptchaExpectation,
): Promise<CaptchaVerdict> {
  return app.get(NaverCaptchaService).verify(answer, expected);
}

const PASSED = { passed: true, kind: 'image', engine: 'standby', pressure: 'calm', price: 0 };
const refused = (reason: string): object => ({ passed: false, reason });

describe('a right answer passes', () => {
  it('once', async () => {
    await using app = await start();
    const answer = await make(app);

    expect(await verify(app, answer)).toEqual(PASSED);
    expect(await verify(app, answer)).toEqual(refused('used'));
  });

  it('in either case, in full-width letters, and with spaces around', async () => {
    await using app = await start();
    const inFullWidth = (text: string): string =>
      text.replaceAll(/./g, (letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0));

    for (const spelled of [
      (text: string) => text.toLowerCase(),
      inFullWidth,
      (text: string) => ` ${text}\n`,
    ]) {
      const { key, value } = await make(app);
      expect(await verify(app, { key, value: spelled(value) })).toEqual(PASSED);
    }
  });

  it('once, of 1,000 at the same time', async () => {
    await using app = await start({ maxAttempts: 10 });
    const answer = await make(app);

    const verdicts = await Promise.all(Array.from({ length: 1000 }, () => verify(app, answer)));

    expect(verdicts.filter(({ passed }) => passed)).toHaveLength(1);
  });

  it('in another process that has the same secrets, whose picture is the same byte for byte', async () => {
    await using one = await start();
    await using other = await start();
    const { key } = await one.get(NaverCaptchaService).createChallenge();

    const [here, there] = await Promise.all(
      [one, other].map((app) => app.get(NaverCaptchaService).fetchMedia(key)),
    );

    expect(there).toEqual(here);
    const [value = ''] = (here?.body.toString() ?? '').split(' ');
    expect(await verify(other, { key, value })).toEqual(PASSED);
  });

  it('through a rotation of the secrets, whose pictures stay the same', async () => {
    await using old = await start({ signingSecret: [SECRETS[0]] });
    await using rotating = await start({ signingSecret: [SECRETS[1], SECRETS[0]] });
    const { key } = await old.get(NaverCaptchaService).createChallenge();

    expect(await rotating.get(NaverCaptchaService).fetchMedia(key)).toEqual(
      await old.get(NaverCaptchaService).fetchMedia(key),
    );
  });
});

describe('an answer is refused', () => {
  it('if it is wrong, and then the key is used', async () => {
    await using app = await start();
    const answer = await make(app);

    expect(await verify(app, { ...answer, value: 'WRONG' })).toEqual(refused('wrong'));
    expect(await verify(app, answer)).toEqual(refused('used'));
  });

  it.each(['ㅠㅊㅇ', 'B C D', '', 'B'.repeat(17)])('as malformed, which costs nothing: %j', async (value) => {
    await using app = await start();
    const answer = await make(app);

    expect(await verify(app, { ...answer, value })).toEqual(refused('malformed'));
    expect(await verify(app, answer)).toEqual(PASSED);
  });

  it('if the key was made for another action, binding or kind', async () => {
    await using app = await start();
    const answer = await make(app, { action: 'signup', binding: 'session-1' });

    expect(await verify(app, answer, { action: 'login', binding: 'session-1' })).toEqual(refused('mismatch'));
    expect(await verify(app, answer, { action: 'signup', binding: 'session-2' })).toEqual(
      refused('mismatch'),
    );
    expect(await verify(app, answer, { action: 'signup', binding: 'session-1', kinds: ['audio'] })).toEqual(
      refused('mismatch'),
    );
    expect(await verify(app, answer, { action: 'signup', binding: 'session-1' })).toEqual(PASSED);
  });

  it('if the key has expired', async () => {
    await using app = await start({ keyTtlMs: 60_000 });
    const answer = await make(app);
    clock.advance(60_000);

    expect(await verify(app, answer)).toEqual(refused('expired'));
    await expect(app.get(NaverCaptchaService).fetchMedia(answer.key)).rejects.toMatchObject({
      code: 'CAPTCHA_EXPIRED',
    });
  });

  it('if the key is forged: cut, changed, or sealed with another secret', async () => {
    await using app = await start();
    await using stranger = await start({ signingSecret: SECRETS[1] });
    const { key, value } = await make(app);
    const changed = key.slice(0, 40) + (key[40] === 'A' ? 'B' : 'A') + key.slice(41);

    for (const forged of [key.slice(0, -4), changed, (await make(stranger)).key]) {
      expect(await verify(app, { key: forged, value })).toEqual(refused('forged'));
    }
  });

  it('if the household has given too many wrong answers', async () => {
    await using app = await start({ issueLimit: false });
    const by = '203.0.113.7';
    for (let time = 0; time < 9; time += 1) {
      const { key } = await make(app, { by });
      expect(await verify(app, { key, value: 'WRONG' })).toEqual(refused('wrong'));
    }

    await expect(make(app, { by })).rejects.toMatchObject({ code: 'CAPTCHA_TOO_MANY' });
    await make(app, { by: '198.51.100.7' });
  });
});

describe('the engine in the key decides', () => {
  it('a key of NAVER means nothing without NAVER, and one of the standby nothing without the standby', async () => {
    await using naver = await ReplayServer.start({ body: '{"key":"t521bp3qM7Qyk2X2"}' });
    const shared = {
      clientId: 'client',
      clientSecret: 'secret',
      baseUrl: naver.url,
      signingSecret: SECRETS[0],
    };
    await using withNaver = await start({ ...shared, engines: ['naver'], standby: undefined });
    await using alone = await start({ ...shared });
    const { key: ofNaver } = await withNaver.get(NaverCaptchaService).createChallenge();
    const ofStandby = await make(alone);
    naver.take();

    expect(await verify(alone, { key: ofNaver, value: 'ABCDE' })).toEqual(refused('expired'));
    expect(await verify(withNaver, ofStandby)).toEqual(refused('expired'));
    for (const [app, key] of [
      [alone, ofNaver],
      [withNaver, ofStandby.key],
    ] as const) {
      await expect(app.get(NaverCaptchaService).fetchMedia(key)).rejects.toMatchObject({
        code: 'CAPTCHA_EXPIRED',
      });
    }
    expect(naver.requests).toHaveLength(0);
  });
});

it('tells nothing by its length, and no two keys or pictures are alike', async () => {
  await using app = await start();
  const challenges = [];
  for (let time = 0; time < 200; time += 1) challenges.push(await make(app));
  const sound = await make(app, { kind: 'audio' });

  expect(new Set([...challenges, sound].map(({ key }) => key.length)).size).toBe(1);
  expect(new Set(challenges.map(({ key }) => key)).size).toBe(200);
  expect(new Set(challenges.map(({ value }) => value)).size).toBeGreaterThan(190);
  expect(new Set(challenges.flatMap(({ value }) => Array.from(value)))).toEqual(new Set('BCDFGHJK'));
});
