import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type CallHandler,
  type ExecutionContext,
  type INestApplication,
  type NestInterceptor,
  StreamableFile,
} from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import { hash, source } from 'naver-captcha-widget/source';
import { map, type Observable, tap } from 'rxjs';

import { ADAPTERS, postJson } from '../support/app.ts';
import { KeptLogs } from '../support/logs.ts';
import { solve } from '../support/signup.ts';
import { startRoutes } from './support/routes.ts';

let emulator: NaverCaptchaEmulator;

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 19, dailyQuota: 1_000_000 });
});

afterAll(() => emulator.close());

class Wrapping implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((data: unknown) => ({ success: true, data })));
  }
}

/** What it gets, it could change, and so could a hook of the framework. */
class Watching implements NestInterceptor {
  readonly seen: unknown[] = [];

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response: unknown = context.switchToHttp().getResponse();
    return next.handle().pipe(
      tap((data: unknown) => {
        this.seen.push(data);
        const { header } = response as { header: (name: string, value: string) => unknown };
        header.call(response, 'X-Took', '1');
      }),
    );
  }
}

describe.each(ADAPTERS)('a global interceptor on %s', (adapter) => {
  it.each([
    [
      'app.useGlobalInterceptors()',
      { configure: (app: INestApplication) => app.useGlobalInterceptors(new Wrapping()) },
    ],
    ['APP_INTERCEPTOR', { providers: [{ provide: APP_INTERCEPTOR, useClass: Wrapping }] }],
  ])('by %s that wraps replies wraps none of the routes', async (_, setup) => {
    await using app = await startRoutes(emulator, adapter, setup);

    const made = await postJson(`${app.url}/captcha`, { kind: 'audio' });
    expect(made).toMatchObject({ status: 201, body: { key: expect.any(String), kind: 'audio' } });
    expect(made.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const { key } = made.body as { key: string };
    const sound = await fetch(`${app.url}/captcha/media?key=${key}`);
    expect(sound.headers.get('content-type')).toBe('audio/wav');
    expect(
      Buffer.from(await sound.arrayBuffer())
        .subarray(0, 4)
        .toString(),
    ).toBe('RIFF');
    const piece = await fetch(`${app.url}/captcha/media?key=${key}`, { headers: { range: 'bytes=0-3' } });
    expect({ status: piece.status, text: await piece.text() }).toEqual({ status: 206, text: 'RIFF' });
    const script = await fetch(`${app.url}/captcha/widget.js`);
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(await script.text()).toBe(source);
    const known = await fetch(`${app.url}/captcha/widget.js`, { headers: { 'if-none-match': `"${hash}"` } });
    expect({ status: known.status, text: await known.text() }).toEqual({ status: 304, text: '' });
  });

  it('still wraps the replies of the application, whose guard has let the request through', async () => {
    await using app = await startRoutes(emulator, adapter, {
      configure: (nest) => nest.useGlobalInterceptors(new Wrapping()),
    });

    expect((await postJson(`${app.url}/signup`, await solve(app, emulator))).body).toMatchObject({
      success: true,
      data: { ran: true },
    });
  });

  it('sees what the routes send, and sets headers without a fault', async () => {
    const logger = new KeptLogs();
    const watching = new Watching();
    await using app = await startRoutes(emulator, adapter, {
      logger,
      configure: (nest) => nest.useGlobalInterceptors(watching),
    });
    const made = await postJson(`${app.url}/captcha`, {});
    const { key } = made.body as { key: string };
    const picture = await fetch(`${app.url}/captcha/media?key=${key}`);
    const script = await fetch(`${app.url}/captcha/widget.js`);

    expect([made, picture, script].map(({ status }) => status)).toEqual([201, 200, 200]);
    // Fastify has sent the reply by then, and drops the header.
    const took = adapter === 'express' ? '1' : null;
    expect([made, picture, script].map(({ headers }) => headers.get('x-took'))).toEqual([took, took, took]);
    expect(watching.seen).toEqual([
      expect.objectContaining({ key }),
      expect.any(StreamableFile),
      expect.any(StreamableFile),
    ]);
    expect(logger.of('error')).toEqual([]);
  });
});
