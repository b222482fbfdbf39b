import { inspect } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger, type LoggerService } from '@nestjs/common';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import { CAPTCHA_EVENTS, type CaptchaEvent, NaverCaptchaService } from 'nestjs-naver-captcha';
import type { Observable } from 'rxjs';

import { signUp, solve, startSignup } from '../support/signup.ts';

const CLIENT_SECRET = 'very-secret-client-secret';
const SIGNING_SECRET = 'a-signing-secret-of-more-than-32-characters';

/** Takes down whatever reaches Nest's log. */
class Witness implements LoggerService {
  readonly heard: unknown[] = [];
  log = (...line: unknown[]): void => void this.heard.push(line);
  error = this.log;
  warn = this.log;
  debug = this.log;
  verbose = this.log;
  fatal = this.log;
}

let emulator: NaverCaptchaEmulator;
const witness = new Witness();

beforeAll(async () => {
  emulator = await startNaverCaptchaEmulator({ clientSecret: CLIENT_SECRET, answerLength: 7 });
});

afterAll(async () => {
  Logger.overrideLogger(['fatal', 'error', 'warn', 'log']);
  await emulator.close();
});

const FAULTS = [
  'system-error',
  'unauthorized',
  'not-ticked',
  'quota',
  'rate-limit',
  'gateway-503',
  'reset-before-headers',
  'reset-after-headers',
  'truncated',
  'html',
  'empty',
  'redirect',
] as const;

describe('secrets and answers', () => {
  it('are in no log line, error, reply or event, whatever happens', async () => {
    const seen: unknown[] = [];
    const answers: string[] = [];
    for (const fault of FAULTS) {
      // A fresh application each time: an open breaker or a closed day would keep the later faults from happening.
      await using app = await startSignup(emulator, {
        logger: witness,
        options: { signingSecret: SIGNING_SECRET, timeoutMs: 2000 },
      });
      app.get<Observable<CaptchaEvent>>(CAPTCHA_EVENTS).subscribe((event) => seen.push(event));
      const service = app.get(NaverCaptchaService);
      const first = await solve(app, emulator);
      const second = await solve(app, emulator);
      answers.push(first.captchaValue, second.captchaValue);

      emulator.failNext({ fault, call: 'compare' });
      seen.push(await signUp(app, first));
      emulator.failNext({ fault, call: 'compare' });
      seen.push(
        await service.verifyOrThrow({ key: second.captchaKey, value: second.captchaValue }).catch(thrown),
      );
      emulator.failNext({ fault, call: 'fetch', times: 2 });
      seen.push(await service.fetchMedia(second.captchaKey).catch(thrown));
      emulator.failNext({ fault, call: 'issue', times: 2 });
      seen.push(await service.createChallenge().catch(thrown));
      emulator.clearFaults();
      seen.push(await signUp(app, { captchaKey: 'k', captchaValue: 'v' }));
    }

    const text = inspect([seen, witness.heard], {
      depth: 10,
      maxArrayLength: null,
      maxStringLength: null,
      showHidden: true,
    });
    expect(witness.heard.length).toBeGreaterThan(3);
    expect(text).toContain('CAPTCHA_MISCONFIGURED');
    for (const hidden of [CLIENT_SECRET, SIGNING_SECRET, ...answers]) {
      expect(text).not.toContain(hidden);
    }
  });
});

function thrown(error: unknown): unknown {
  return error;
}
