import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import { startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import {
  CaptchaException,
  CaptchaMisconfiguredException,
  CaptchaQuotaExceededException,
  CaptchaUnavailableException,
  type CaptchaUpstream,
} from 'nestjs-naver-captcha';

import { ADAPTERS } from '../support/app.ts';
import { json, type Replay, ReplayServer } from '../support/replay-server.ts';
import { startReplayedApp } from '../support/replayed-app.ts';
import { signUp, solve, startSignup } from '../support/signup.ts';

const KEY = 't521bp3qM7Qyk2X2';
const STATUSES = [200, 400, 401, 403, 404, 429, 500, 503];

/** What each code means, whatever its status. */
const CODES = [
  ['024', CaptchaMisconfiguredException, /compare the client id and secret/],
  ['010', CaptchaQuotaExceededException, /quota is used up/],
  ['012', CaptchaUnavailableException, /too fast/],
  ['CT500', CaptchaUnavailableException, /NAVER failed/],
  ['100', CaptchaMisconfiguredException, /https:/],
  ['200', CaptchaMisconfiguredException, /compare the client id and secret/],
  ['210', CaptchaMisconfiguredException, /compare the client id and secret/],
  ['300', CaptchaMisconfiguredException, /remove baseUrl/],
  ['400', CaptchaQuotaExceededException, /quota is used up .* not ticked/],
  ['410', CaptchaUnavailableException, /too fast/],
  ['420', CaptchaUnavailableException, /too fast/],
  ['500', CaptchaUnavailableException, /NAVER failed/],
  ['510', CaptchaUnavailableException, /NAVER failed/],
  ['900', CaptchaUnavailableException, /NAVER failed/],
] as const;

describe.each(['developers', 'ncloud'] as const)(
  "NAVER's code comes before its status, on %s",
  (platform) => {
    it.each(CODES)('%s', async (errorCode, type, saying) => {
      await using naver = await ReplayServer.start();
      await using app = await startReplayedApp(naver, { platform, dailyQuota: Infinity });
      for (const status of STATUSES) {
        for (const body of [{ errorCode }, { error: { errorCode } }]) {
          naver.say(json({ ...body, result: false }, status));
          const error: unknown = await app.client
            .compare('image', KEY, 'A')
            .catch((thrown: unknown) => thrown);

          expect(error).toBeInstanceOf(type);
          expect(error).toMatchObject({ upstream: { status, code: errorCode } });
          expect(String(error)).toMatch(saying);
        }
      }
    });

    it.each(STATUSES)('CT001 and CT002 with status %d are about the key', async (status) => {
      await using naver = await ReplayServer.start(json({ errorCode: 'CT001' }, status));
      await using app = await startReplayedApp(naver, { platform, dailyQuota: Infinity });
      expect(await app.client.compare('image', KEY, 'A')).toEqual({ result: 'unknown-key' });
      naver.say(json({ errorCode: 'CT002' }, status));
      expect(await app.client.compare('image', KEY, 'A')).toEqual({ result: 'never-fetched' });
    });
  },
);

/** A filter that keeps what it can tell apart. */
class KeepingFilter implements ExceptionFilter {
  readonly kept: (CaptchaUpstream | undefined)[] = [];
  constructor(private readonly host: HttpAdapterHost) {}

  catch(exception: CaptchaException, arguments_: ArgumentsHost): void {
    this.kept.push(exception.upstream);
    this.host.httpAdapter.reply(
      arguments_.switchToHttp().getResponse(),
      exception.getResponse(),
      exception.getStatus(),
    );
  }
}
Catch(CaptchaException)(KeepingFilter);

describe.each(ADAPTERS)('an exception filter, on %s,', (adapter) => {
  it('sees what the call to NAVER ended with, and the client does not', async () => {
    const emulator = await startNaverCaptchaEmulator({ seed: 3 });
    const keeping: KeepingFilter[] = [];
    const useFactory = (host: HttpAdapterHost): KeepingFilter => {
      const filter = new KeepingFilter(host);
      keeping.push(filter);
      return filter;
    };
    await using app = await startSignup(emulator, {
      adapter,
      providers: [{ provide: APP_FILTER, useFactory, inject: [HttpAdapterHost] }],
    });
    for (const fault of ['system-error', 'unauthorized', 'reset-before-headers'] as const) {
      const answer = await solve(app, emulator);
      emulator.failNext({ fault, call: 'compare' });
      const { body } = await signUp(app, answer, { 'accept-language': 'en' });
      expect(Object.keys(body as object)).not.toContain('upstream');
    }
    await signUp(app, {});
    await emulator.close();

    expect(keeping[0]?.kept).toEqual([
      { status: 500, code: 'CT500' },
      { status: 401, code: '024' },
      { code: expect.stringMatching(/^(ECONNRESET|UND_ERR_SOCKET)$/) },
      undefined,
    ]);
  });
});

describe('a NAVER that cannot be reached', () => {
  const failure = async (baseUrl: string, timeoutMs = 3000): Promise<CaptchaException> => {
    await using app = await startReplayedApp(baseUrl, { timeoutMs });
    const error: unknown = await app.client.issueKey('image').catch((thrown: unknown) => thrown);
    if (!(error instanceof CaptchaException)) throw new Error('no exception', { cause: error });
    return error;
  };

  it('is named by its host, with what to check: a name that does not resolve', async () => {
    const { message, upstream } = await failure('http://openapi.naver.invalid');
    expect(message).toContain('openapi.naver.invalid');
    expect(message).toMatch(/cannot resolve the name: check its DNS/);
    expect(upstream?.code).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/);
  });

  it('is named by its host, with what to check: a port where nothing listens', async () => {
    const { message, upstream } = await failure('http://127.0.0.1:1');
    expect(message).toMatch(/127\.0\.0\.1:1 \(ECONNREFUSED\)\. Nothing listens there: check baseUrl/);
    expect(upstream).toEqual({ code: 'ECONNREFUSED' });
  });

  it('is named by its host, with what to check: silence', async () => {
    await using naver = await ReplayServer.start(() => undefined);
    const { message } = await failure(naver.url, 50);
    expect(message).toContain(`${new URL(naver.url).host} (TIMEOUT). Check the connection`);
  });

  it('is named by its host, with what to check: TLS that is none', async () => {
    const said: Replay = json({ key: KEY });
    await using naver = await ReplayServer.start(said);
    const { message } = await failure(naver.url.replace('http:', 'https:'));
    expect(message).toMatch(/\((ERR_SSL|EPROTO)\w*\)/);
  });
});
