import { inspect } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger, type LoggerService } from '@nestjs/common';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import { CAPTCHA_EVENTS, type CaptchaEvent, NaverCaptchaService } from 'nestjs-naver-captcha';
import type { Observable } from 'rxjs';

import type { RunningApp } from '../support/app.ts';
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
    await using app = await startSignup(emulator, {
      logger: witness,
      options: { signingSecret: SIGNING_SECRET, timeoutMs: 2000 },
    });
    const seen: unknown[] = [];
    app.get<Observable<CaptchaEvent>>(CAPTCHA_EVENTS).subscribe((event) => seen.push(event));
    const answers = await Promise.all(FAULTS.map(() => solveAlone(app)));

    for (const [at, fault] of FAULTS.entries()) {
      const answer = answers[at] ?? { captchaKey: '', captchaValue: '' };
      emulator.failNext({ fault, call: 'compare' });
      seen.push(await signUp(app, answer));
      emulator.failNext({ fault, call: 'compare' });
      const service = app.get(NaverCaptchaService);
      seen.push(
        await service.verifyOrThrow({ key: answer.captchaKey, value: answer.captchaValue }).catch(thrown),
      );
      emulator.failNext({ fault, call: 'issue' });
      seen.push(await service.createChallenge().catch(thrown));
      emulator.failNext({ fault, call: 'fetch' });
      seen.push(await service.fetchMedia(answer.captchaKey).catch(thrown));
    }
    seen.push(
      await signUp(app, await solveAlone(app)),
      await signUp(app, { captchaKey: 'k', captchaValue: 'v' }),
    );

    const text = inspect([seen, witness.heard], {
      depth: 10,
      maxArrayLength: null,
      maxStringLength: null,
      showHidden: true,
    });
    expect(witness.heard.length).toBeGreaterThan(3);
    expect(text).toContain('CAPTCHA_MISCONFIGURED');
    for (const hidden of [
      CLIENT_SECRET,
      SIGNING_SECRET,
      ...answers.map(({ captchaValue }) => captchaValue),
    ]) {
      expect(text).not.toContain(hidden);
    }
  });
});

/** One after the other: the emulator's newest key is the one just shown. */
let turn: Promise<unknown> = Promise.resolve();
async function solveAlone(app: RunningApp): Promise<{ captchaKey: string; captchaValue: string }> {
  const mine = turn.then(() => solve(app, emulator));
  turn = mine;
  return mine;
}

function thrown(error: unknown): unknown {
  return error;
}
