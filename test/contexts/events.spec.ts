import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, type ExecutionContext, type MessageEvent, Sse } from '@nestjs/common';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import { type CaptchaOutcome, CaptchaResult, RequireCaptcha } from 'nestjs-naver-captcha';
import { type Observable, of } from 'rxjs';
import { EventSource } from 'undici';

import { ADAPTERS, type RunningApp, startApp } from '../support/app.ts';
import { comparisons, solve } from '../support/signup.ts';
import { captchas } from './support/door.ts';

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 15, dailyQuota: 1_000_000 });
});

afterAll(() => emulator.close());

/** An `EventSource` cannot send headers. */
const extract = (context: ExecutionContext): unknown => {
  const { key, value } = context
    .switchToHttp()
    .getRequest<{ query: { key?: unknown; value?: unknown } }>().query;
  return { key, value };
};

@Controller('events')
class EventsController {
  @Sse()
  @RequireCaptcha({ extract })
  stream(@CaptchaResult() outcome: CaptchaOutcome): Observable<MessageEvent> {
    return of({ data: outcome.status });
  }
}

/** The data of the first event, or the status with which the stream was refused. */
function firstEvent({ url }: RunningApp, query: Record<string, string>): Promise<string> {
  const source = new EventSource(`${url}/events?${new URLSearchParams(query)}`);
  return new Promise<string>((resolve) => {
    source.addEventListener('message', ({ data }) => {
      resolve(String(data));
    });
    source.addEventListener('error', () => {
      resolve('refused');
    });
  }).finally(() => {
    source.close();
  });
}

describe.each(ADAPTERS)('server-sent events on %s', (adapter) => {
  it('begin with a right answer, and with no other', async () => {
    await using app = await startApp({
      adapter,
      imports: [captchas(emulator)],
      controllers: [EventsController],
    });
    const { captchaKey: key, captchaValue: value } = await solve(app, emulator);
    const { captchaKey: other } = await solve(app, emulator);

    expect(await firstEvent(app, { key, value })).toBe('verified');
    expect(await firstEvent(app, { key: other, value: 'WRONG' })).toBe('refused');
    expect(await firstEvent(app, {})).toBe('refused');
  });

  it.each([
    ['', 'CAPTCHA_MISSING'],
    ['key=a&key=b&value=c', 'CAPTCHA_MALFORMED'],
    ['key[a]=b&value[c]=d', 'CAPTCHA_MISSING'],
    [`key=${'A'.repeat(91)}&value=ABCDE`, 'CAPTCHA_INVALID'],
  ])('are refused as any request for ?%s', async (query, code) => {
    await using app = await startApp({
      adapter,
      imports: [captchas(emulator)],
      controllers: [EventsController],
    });
    const before = comparisons(emulator);

    const reply = await fetch(`${app.url}/events?${query}`, { headers: { accept: 'text/event-stream' } });

    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({ code });
    expect(comparisons(emulator)).toBe(before);
  });
});
