import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import type { CaptchaEvent, RequireCaptchaOptions } from 'nestjs-naver-captcha';
import { CAPTCHA_EVENTS, NaverCaptchaService } from 'nestjs-naver-captcha';
import type { Observable } from 'rxjs';

import { startRoutes } from '../routes/support/routes.ts';
import { ADAPTERS, type Adapter, type JsonReply, type RunningApp } from '../support/app.ts';
import { signUp, signupController } from '../support/signup.ts';
import { askFrom, askOften, solvePuzzle, type WorkReply } from '../support/work.ts';

const VISITOR = '203.0.113.9';
const FREE = 20;
const ALL: RequireCaptchaOptions = { action: 'signup', kinds: ['work', 'image', 'audio'] };
const ASK = { action: 'signup', work: true, toll: true };

let emulator: NaverCaptchaEmulator;

beforeEach(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 7 });
});

afterEach(() => emulator.close());

function start(adapter: Adapter, require: RequireCaptchaOptions = ALL): Promise<RunningApp> {
  return startRoutes(emulator, adapter, {
    trust: ['loopback'],
    options: { issueLimit: false },
    controllers: [signupController(require)],
  });
}

const worked = ({ body }: JsonReply): WorkReply => body as WorkReply;

async function work(
  app: RunningApp,
  body: object = ASK,
): Promise<{ captchaKey: string; captchaValue: string }> {
  const { key, puzzle } = worked(await askFrom(app, VISITOR, body));
  return { captchaKey: key, captchaValue: await solvePuzzle(puzzle) };
}

describe.each(ADAPTERS)('work in place of a picture, on %s', (adapter) => {
  it('is what a calm visitor gets, who types nothing; NAVER is not called', async () => {
    await using app = await start(adapter);
    const reply = await askFrom(app, VISITOR, ASK);

    expect(reply).toMatchObject({ status: 201, body: { kind: 'work', expiresInSeconds: 300 } });
    expect(worked(reply).puzzle).toEqual({
      parts: [
        {
          parameters: {
            algorithm: 'PBKDF2/SHA-256',
            cost: 1000,
            keyLength: 32,
            keyPrefix: expect.stringMatching(/^[0-9a-f]{32}$/),
            nonce: expect.stringMatching(/^[0-9a-f]{32}$/),
            salt: expect.stringMatching(/^[0-9a-f]{32}$/),
          },
        },
      ],
      counters: 1000,
    });
    const { key, puzzle } = worked(reply);
    expect(await signUp(app, { captchaKey: key, captchaValue: await solvePuzzle(puzzle) })).toMatchObject({
      status: 200,
      body: { outcome: { status: 'verified', kind: 'work', engine: 'work', pressure: 'calm', price: 0 } },
    });
    expect(emulator.requests).toEqual([]);
  });

  it('passes once', async () => {
    await using app = await start(adapter);
    const answer = await work(app);
    const replies = await Promise.all([signUp(app, answer), signUp(app, answer), signUp(app, answer)]);

    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400, 400]);
    expect(await signUp(app, answer)).toMatchObject({ status: 400, body: { code: 'CAPTCHA_USED' } });
  });

  it('is not given to a page that does not ask for it, nor for an action whose route does not take it', async () => {
    await using app = await start(adapter);
    for (const body of [
      { action: 'signup' },
      { action: 'signup', toll: true },
      { ...ASK, action: 'comment' },
      { work: true },
    ]) {
      expect(await askFrom(app, VISITOR, body)).toMatchObject({ status: 201, body: { kind: 'image' } });
    }
  });

  it('opens no route without `work` in its kinds, whatever a page asks for', async () => {
    await using strict = await start(adapter, { action: 'signup' });
    expect(await askFrom(strict, VISITOR, ASK)).toMatchObject({ status: 201, body: { kind: 'image' } });

    // Made by the application itself, which may ask for anything.
    const { key, puzzle } = await strict
      .get(NaverCaptchaService)
      .createChallenge({ action: 'signup', work: true, toll: true });
    if (puzzle === undefined) throw new Error('This is no work.');
    expect(await signUp(strict, { captchaKey: key, captchaValue: await solvePuzzle(puzzle) })).toMatchObject({
      status: 400,
      body: { code: 'CAPTCHA_INVALID' },
    });
  });

  it('ends with the twentieth challenge of an hour: then pictures, and after the hour work again', async () => {
    await using app = await start(adapter);
    await askOften(app, VISITOR, FREE, ASK);

    expect(await askFrom(app, VISITOR, ASK)).toMatchObject({ status: 201, body: { kind: 'image' } });
    expect(await askFrom(app, '203.0.113.10', ASK)).toMatchObject({ body: { kind: 'work' } });
    app.clock.advance(3_600_000);
    expect(await askFrom(app, VISITOR, ASK)).toMatchObject({ body: { kind: 'work' } });
  });

  it('lives five minutes', async () => {
    await using app = await start(adapter);
    const answer = await work(app);
    app.clock.advance(300_000);

    expect(await signUp(app, answer)).toMatchObject({ status: 400, body: { code: 'CAPTCHA_EXPIRED' } });
  });

  it.each([
    ['another solution', '0123456789abcdef0123456789abcdef', 'CAPTCHA_WRONG'],
    ['half a solution', '0123456789abcdef', 'CAPTCHA_MALFORMED'],
    ['a longer one', '0'.repeat(34), 'CAPTCHA_MALFORMED'],
    ['letters of no number', 'z'.repeat(32), 'CAPTCHA_MALFORMED'],
    ['what a picture would take', 'ABC123', 'CAPTCHA_MALFORMED'],
  ])('refuses %s', async (_, captchaValue, code) => {
    await using app = await start(adapter);
    const { key } = worked(await askFrom(app, VISITOR, ASK));

    expect(await signUp(app, { captchaKey: key, captchaValue })).toMatchObject({
      status: 400,
      body: { code },
    });
    expect(emulator.requests).toEqual([]);
  });

  it('refuses the solution of another key, and the key of another action', async () => {
    await using app = await start(adapter);
    const [one, other] = [await work(app), await work(app)];
    expect(await signUp(app, { ...one, captchaValue: other.captchaValue })).toMatchObject({
      body: { code: 'CAPTCHA_WRONG' },
    });

    const service = app.get(NaverCaptchaService);
    const { key, puzzle } = await service.createChallenge({ action: 'comment', work: true });
    if (puzzle === undefined) throw new Error('This is no work.');
    expect(await signUp(app, { captchaKey: key, captchaValue: await solvePuzzle(puzzle) })).toMatchObject({
      body: { code: 'CAPTCHA_INVALID' },
    });
  });

  it('has no picture and no sound', async () => {
    await using app = await start(adapter);
    const { key } = worked(await askFrom(app, VISITOR, ASK));
    const reply = await fetch(`${app.url}/captcha/media?${new URLSearchParams({ key })}`);

    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({ code: 'CAPTCHA_INVALID' });
  });

  it('is told by events, without what solves it', async () => {
    await using app = await start(adapter);
    const events: CaptchaEvent[] = [];
    app.get<Observable<CaptchaEvent>>(CAPTCHA_EVENTS).subscribe((event) => events.push(event));
    await signUp(app, await work(app));

    expect(events).toEqual([
      {
        type: 'challenge.issued',
        kind: 'work',
        engine: 'work',
        action: 'signup',
        pressure: 'calm',
        price: 0,
      },
      expect.objectContaining({
        type: 'verdict',
        passed: true,
        kind: 'work',
        engine: 'work',
        pressure: 'calm',
      }),
    ]);
  });

  it('goes on while NAVER is down', async () => {
    await using app = await start(adapter);
    await emulator.close();

    expect((await signUp(app, await work(app))).status).toBe(200);
  });
});

describe.each(ADAPTERS)('a log-in after failures, on %s', (adapter) => {
  it('asks for work first, and then for a picture', async () => {
    await using app = await start(adapter, {
      ...ALL,
      afterFailures: { limit: 1, by: () => ({ key: 'account:kim' }), isFailure: () => true },
    });
    await signUp(app, {});
    expect(await signUp(app, {})).toMatchObject({ status: 400, body: { code: 'CAPTCHA_MISSING' } });

    expect((await signUp(app, await work(app))).status).toBe(200);
    await askOften(app, VISITOR, FREE - 1, ASK);
    expect(await askFrom(app, VISITOR, ASK)).toMatchObject({ status: 201, body: { kind: 'image' } });
  });
});

describe('kinds with work', () => {
  it('must contain a picture or a sound, for visitors whose household asks often', () => {
    expect(() => signupController({ kinds: ['work'] })).toThrow(/'image' or 'audio' too/);
  });
});
