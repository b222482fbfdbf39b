import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import {
  CAPTCHA_EVENTS,
  type CaptchaEvent,
  type CaptchaPressureLimits,
  NaverCaptchaService,
  type RequireCaptchaOptions,
} from 'nestjs-naver-captcha';
import type { Observable } from 'rxjs';

import { type RoutesSetup, startRoutes } from '../routes/support/routes.ts';
import { ADAPTERS, type Adapter, type RunningApp } from '../support/app.ts';
import { KeptLogs } from '../support/logs.ts';
import { readableStandby, readAnswer } from '../support/standby.ts';
import { signUp, signupController } from '../support/signup.ts';
import { askFrom, askOften, pay, tollFor } from '../support/work.ts';

const VISITOR = '203.0.113.9';
const HOUR_MS = 3_600_000;
const FREE = 20;

let emulator: NaverCaptchaEmulator;

beforeEach(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 7 });
});

afterEach(() => emulator.close());

interface Setup extends RoutesSetup {
  readonly require?: RequireCaptchaOptions;
}

function start(adapter: Adapter, { require, options, ...setup }: Setup = {}): Promise<RunningApp> {
  return startRoutes(emulator, adapter, {
    trust: ['loopback'],
    options: {
      engines: ['standby'],
      standby: readableStandby(),
      signingSecret: 's'.repeat(32),
      issueLimit: false,
      ...options,
    },
    controllers: [signupController(require)],
    ...setup,
  });
}

/** Answers a picture wrongly. */
async function answerWrongly(app: RunningApp, by: string, times: number): Promise<void> {
  const service = app.get(NaverCaptchaService);
  for (let time = 0; time < times; time += 1) {
    const { key } = await service.createChallenge({ by });
    await service.verify({ key, value: 'WRONG' });
  }
}

const CALM = { toll: true };

describe.each(ADAPTERS)('tolls, on %s', (adapter) => {
  it('are asked of a household from its 21st challenge of an hour on, and pay for one', async () => {
    await using app = await start(adapter);
    await askOften(app, VISITOR, FREE, CALM);

    const toll = await tollFor(app, VISITOR);
    expect(toll).toMatchObject({
      statusCode: 428,
      error: 'Precondition Required',
      code: 'CAPTCHA_WORK_REQUIRED',
      message: expect.stringContaining('확인 작업'),
      level: 1,
      expiresInSeconds: 120,
      puzzle: { counters: 400, parts: [{}, {}] },
    });
    const paid = await pay(app, VISITOR, toll);
    expect(paid).toMatchObject({ status: 201, body: { kind: 'image' } });
    expect(await pay(app, VISITOR, toll)).toMatchObject({ status: 428 });
  });

  it('are told to the handler, and to events', async () => {
    await using app = await start(adapter, {
      options: { engines: ['standby'], standby: readableStandby(), signingSecret: 's'.repeat(32) },
    });
    const events: CaptchaEvent[] = [];
    app.get<Observable<CaptchaEvent>>(CAPTCHA_EVENTS).subscribe((event) => events.push(event));
    await askOften(app, VISITOR, FREE, CALM);
    const { body } = await pay(app, VISITOR, await tollFor(app, VISITOR));

    const answer = await readAnswer(app, body as { key: string; kind: string });
    expect(await signUp(app, answer)).toMatchObject({
      status: 200,
      body: { outcome: { status: 'verified', engine: 'standby', pressure: 'raised', price: 1 } },
    });
    expect(events).toContainEqual({ type: 'toll', pressure: 'raised', level: 1, action: undefined });
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'challenge.issued', pressure: 'raised', price: 1 }),
    );
    expect(events.at(-1)).toMatchObject({ type: 'verdict', passed: true, pressure: 'raised', price: 1 });
  });

  it('are asked of pages alone that say they can pay', async () => {
    await using app = await start(adapter);
    await askOften(app, VISITOR, FREE + 5);
  });

  it('raise no price themselves: only challenges do', async () => {
    await using app = await start(adapter);
    await askOften(app, VISITOR, FREE, CALM);
    for (let time = 0; time < 100; time += 1) expect((await tollFor(app, VISITOR)).level).toBe(1);
  });

  it('grow by one level for each factor of four', async () => {
    await using app = await start(adapter);
    const levels: number[] = [];
    let asked = 0;
    for (const until of [20, 79, 80, 319, 320]) {
      await askOften(app, VISITOR, until - asked);
      asked = until;
      levels.push((await tollFor(app, VISITOR)).level);
    }
    expect(levels).toEqual([1, 1, 2, 2, 3]);
  });

  it('are of the household: the neighbour pays nothing, and after the hour nor does it', async () => {
    await using app = await start(adapter);
    await askOften(app, VISITOR, FREE, CALM);

    expect((await askFrom(app, '203.0.113.10', CALM)).status).toBe(201);
    app.clock.advance(HOUR_MS);
    expect((await askFrom(app, VISITOR, CALM)).status).toBe(201);
  });

  it('are asked of every household of a network that asks for 16 times as much, at level 1', async () => {
    await using app = await start(adapter);
    for (let host = 1; host <= 16; host += 1) await askOften(app, `198.51.100.${host}`, FREE);

    expect((await tollFor(app, '198.51.100.200')).level).toBe(1);
  });

  it('pay for a challenge one level above, and not for two', async () => {
    await using app = await start(adapter);
    await askOften(app, VISITOR, 79);
    const toll = await tollFor(app, VISITOR);
    const second = await tollFor(app, VISITOR);
    await askOften(app, VISITOR, 1);
    expect((await pay(app, VISITOR, toll)).status).toBe(201);

    await askOften(app, VISITOR, 300);
    expect(await pay(app, VISITOR, second)).toMatchObject({ status: 428, body: { level: 3 } });
  });

  it('are worth nothing after two minutes: the page gets another', async () => {
    await using app = await start(adapter);
    await askOften(app, VISITOR, FREE);
    const toll = await tollFor(app, VISITOR);
    app.clock.advance(120_000);

    expect(await pay(app, VISITOR, toll)).toMatchObject({ status: 428, body: { level: 1 } });
  });

  it('may be paid from another address: phones change theirs', async () => {
    await using app = await start(adapter);
    await askOften(app, VISITOR, FREE);
    const toll = await tollFor(app, VISITOR);

    expect((await pay(app, '203.0.113.10', toll)).status).toBe(201);
  });

  it('open no route', async () => {
    await using app = await start(adapter, { require: { kinds: ['work', 'image'] } });
    await askOften(app, VISITOR, 400);
    const toll = await tollFor(app, VISITOR, { work: true });
    expect(toll.level).toBe(3);

    expect(await signUp(app, { captchaKey: toll.key, captchaValue: '0'.repeat(32) })).toMatchObject({
      status: 400,
      body: { code: 'CAPTCHA_INVALID' },
    });
    const media = await fetch(`${app.url}/captcha/media?${new URLSearchParams({ key: toll.key })}`);
    expect(media.status).toBe(400);
  });

  it('are no work key, and a work key is no toll', async () => {
    await using app = await start(adapter, { require: { kinds: ['work', 'image'] } });
    const { body } = await askFrom(app, VISITOR, { work: true, toll: true });
    const { key } = body as { key: string };

    expect(await askFrom(app, VISITOR, { toll: { key, value: '0'.repeat(32) } })).toMatchObject({
      status: 400,
      body: { code: 'CAPTCHA_INVALID' },
    });
  });

  it('that are made up, or solved wrongly, are refused, however many', async () => {
    await using app = await start(adapter);
    await askOften(app, VISITOR, FREE);
    const { key } = await tollFor(app, VISITOR);

    for (const toll of [
      { key, value: '0'.repeat(32) },
      { key, value: '0'.repeat(31) },
      { key, value: '' },
      { key: `${key.slice(0, -2)}AA`, value: '0'.repeat(32) },
      { key: 'made-up', value: '0'.repeat(32) },
      { key: 'x'.repeat(10_000), value: 'y'.repeat(10_000) },
    ]) {
      expect(await askFrom(app, VISITOR, { toll })).toMatchObject({
        status: 400,
        body: { code: 'CAPTCHA_INVALID' },
      });
    }
    for (const toll of [null, 1, 'true', [], {}, { key }, { value: 'x' }, { key: [key], value: 1 }]) {
      expect(await askFrom(app, VISITOR, { toll })).toMatchObject({
        status: 400,
        body: { code: 'CAPTCHA_BAD_REQUEST' },
      });
    }
    for (const work of [null, 1, 'true', {}]) {
      expect(await askFrom(app, VISITOR, { work })).toMatchObject({
        status: 400,
        body: { code: 'CAPTCHA_BAD_REQUEST' },
      });
    }
  });

  it('are returned: an exception filter of the application does not drop the puzzle', async () => {
    @Catch(HttpException)
    class OwnShape implements ExceptionFilter {
      constructor(private readonly host: HttpAdapterHost) {}

      catch(thrown: HttpException, host: ArgumentsHost): void {
        const response: unknown = host.switchToHttp().getResponse();
        this.host.httpAdapter.reply(response, { own: true }, thrown.getStatus());
      }
    }
    await using app = await start(adapter, {
      configure: (app) => app.useGlobalFilters(new OwnShape(app.get(HttpAdapterHost))),
    });
    await askOften(app, VISITOR, FREE);

    expect(await tollFor(app, VISITOR)).toMatchObject({ code: 'CAPTCHA_WORK_REQUIRED', level: 1 });
  });
});

describe.each(ADAPTERS)('wrong answers and tolls, on %s', (adapter) => {
  it.each([
    { wrong: 2, level: undefined },
    { wrong: 3, level: 1 },
    { wrong: 6, level: 3 },
  ])('after $wrong wrong answers a toll of level $level', async ({ wrong, level }) => {
    await using app = await start(adapter);
    await answerWrongly(app, VISITOR, wrong);

    const { status, body } = await askFrom(app, VISITOR, CALM);
    expect({ status, level: (body as { level?: number }).level }).toEqual({
      status: level === undefined ? 201 : 428,
      level,
    });
  });

  it('end the pictures with the ninth: no toll buys another', async () => {
    await using app = await start(adapter);
    await askOften(app, VISITOR, FREE);
    const toll = await tollFor(app, VISITOR);
    await answerWrongly(app, VISITOR, 9);

    for (const body of [{}, CALM]) {
      expect(await askFrom(app, VISITOR, body)).toMatchObject({
        status: 429,
        body: { code: 'CAPTCHA_TOO_MANY' },
      });
    }
    expect((await pay(app, VISITOR, toll)).status).toBe(429);
  });

  it('give a picture instead of work, and from 12 on a picture after a toll, where a route takes work', async () => {
    await using app = await start(adapter, { require: { kinds: ['work', 'image'] } });
    const ask = { work: true, toll: true };
    await answerWrongly(app, VISITOR, 3);
    expect(await askFrom(app, VISITOR, ask)).toMatchObject({ status: 201, body: { kind: 'image' } });
    await answerWrongly(app, VISITOR, 3);
    expect((await tollFor(app, VISITOR, ask)).level).toBe(3);
  });
});

describe.each(ADAPTERS)('issueLimit and tolls, on %s', (adapter) => {
  const issueLimit = { limit: 10, windowMs: 60_000 };
  const paced = { engines: undefined, issueLimit } as const;

  it('beyond it a page that pays the dearest toll gets its challenge, if the day has a pace', async () => {
    await using app = await start(adapter, { options: paced });
    await askOften(app, VISITOR, 10, CALM);

    expect((await tollFor(app, VISITOR)).level).toBe(5);
    expect((await askFrom(app, VISITOR, {})).status).toBe(429);
  });

  it('beyond it a page that pays gets its challenge too where NAVER is not used', async () => {
    await using app = await start(adapter, { options: { issueLimit } });
    await askOften(app, VISITOR, 10, CALM);

    expect((await tollFor(app, VISITOR)).level).toBe(5);
  });

  it('holds pages that pay too, if the day has no pace', async () => {
    await using app = await start(adapter, { options: { ...paced, pace: false } });
    await askOften(app, VISITOR, 10, CALM);

    expect(await askFrom(app, VISITOR, CALM)).toMatchObject({
      status: 429,
      body: { code: 'CAPTCHA_TOO_MANY' },
    });
  });

  it('holds pages that only ask for tolls, at four times as much', async () => {
    await using app = await start(adapter, {
      options: { ...paced, issueLimit: { ...issueLimit, limit: 1 } },
    });
    await askOften(app, VISITOR, 1, CALM);
    for (let time = 1; time < 4; time += 1) await tollFor(app, VISITOR);

    expect((await askFrom(app, VISITOR, CALM)).status).toBe(429);
  });
});

describe('the option pressure', () => {
  const withPressure = (pressure: Partial<CaptchaPressureLimits>, logger?: KeptLogs): Promise<RunningApp> =>
    start('express', { options: { pressure }, ...(logger === undefined ? {} : { logger }) });

  it('sets from when on a household pays', async () => {
    await using app = await withPressure({ free: 2 });
    await askOften(app, VISITOR, 2, CALM);
    expect((await tollFor(app, VISITOR)).level).toBe(1);
  });

  it('raises the pressure of a request', async () => {
    await using app = await withPressure({ raise: () => Promise.resolve('high') });
    expect((await tollFor(app, VISITOR)).level).toBe(3);
  });

  it('raises nothing if the function throws, and says so', async () => {
    const logger = new KeptLogs();
    await using app = await withPressure(
      {
        raise: () => {
          throw new TypeError('of the application');
        },
      },
      logger,
    );

    expect((await askFrom(app, VISITOR, CALM)).status).toBe(201);
    expect(logger.of('warn').join()).toContain('pressure.raise threw TypeError');
  });

  it.each([
    { free: 0 },
    { free: 1.5 },
    { raisedFrom: 20 },
    { highFrom: 20 },
    { raise: 'high' },
    { other: 1 },
    5,
    null,
  ])('is refused as %j', async (pressure) => {
    await expect(
      start('express', { options: JSON.parse(JSON.stringify({ pressure })) as object }),
    ).rejects.toThrow(/pressure must be/);
  });
});

describe('a day that is used too fast', () => {
  it('asks a toll of level 1 for each picture of the standby', async () => {
    await using app = await start('express', {
      options: { engines: undefined, dailyQuota: 8 },
    });
    // By noon the pace allows 5 calls: two challenges with their comparisons.
    await askOften(app, '203.0.113.1', 3, CALM);

    expect((await tollFor(app, VISITOR)).level).toBe(1);
    expect((await askFrom(app, VISITOR, {})).status).toBe(201);
  });
});
