import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type EmulatorFault,
  type NaverCaptchaEmulator,
  startNaverCaptchaEmulator,
} from 'naver-captcha-emulator';
import { NaverCaptchaModule } from 'nestjs-naver-captcha';
import { standbyEngine } from 'nestjs-naver-captcha/standby';
import { answerOf } from 'nestjs-naver-captcha/testing';

import { ADAPTERS, type Adapter, postJson, type RunningApp, startApp } from '../support/app.ts';
import { reaching, signUp, signupController } from '../support/signup.ts';

/** Long enough for a busy machine to answer, short enough to wait for where the emulator never does. */
const TIMEOUT_MS = 1000;

/** Each fault of issuing and of comparing: the code without a standby, and for comparing with one. */
const TABLE: [fault: EmulatorFault, code: string, compared: string, issued: number][] = [
  [{ fault: 'system-error' }, 'CAPTCHA_UNAVAILABLE', 'CAPTCHA_UNAVAILABLE', 2],
  [{ fault: 'gateway-503' }, 'CAPTCHA_UNAVAILABLE', 'CAPTCHA_UNAVAILABLE', 2],
  [{ fault: 'gateway-504' }, 'CAPTCHA_UNAVAILABLE', 'CAPTCHA_UNAVAILABLE', 2],
  [{ fault: 'silence' }, 'CAPTCHA_UNAVAILABLE', 'CAPTCHA_UNAVAILABLE', 1],
  [{ fault: 'latency', latencyMs: 10_000 }, 'CAPTCHA_UNAVAILABLE', 'CAPTCHA_UNAVAILABLE', 1],
  [{ fault: 'drip' }, 'CAPTCHA_UNAVAILABLE', 'CAPTCHA_UNAVAILABLE', 1],
  [{ fault: 'reset-before-headers' }, 'CAPTCHA_UNAVAILABLE', 'CAPTCHA_UNAVAILABLE', 2],
  [{ fault: 'reset-after-headers' }, 'CAPTCHA_UNAVAILABLE', 'CAPTCHA_UNAVAILABLE', 2],
  [{ fault: 'truncated' }, 'CAPTCHA_UNAVAILABLE', 'CAPTCHA_UNAVAILABLE', 1],
  [{ fault: 'html' }, 'CAPTCHA_UNAVAILABLE', 'CAPTCHA_UNAVAILABLE', 1],
  [{ fault: 'empty' }, 'CAPTCHA_UNAVAILABLE', 'CAPTCHA_UNAVAILABLE', 1],
  [{ fault: 'redirect' }, 'CAPTCHA_UNAVAILABLE', 'CAPTCHA_UNAVAILABLE', 1],
  [{ fault: 'oversized' }, 'CAPTCHA_UNAVAILABLE', 'CAPTCHA_UNAVAILABLE', 2],
  [{ fault: 'rate-limit' }, 'CAPTCHA_UNAVAILABLE', 'CAPTCHA_UNAVAILABLE', 1],
  [{ fault: 'quota' }, 'CAPTCHA_QUOTA_EXCEEDED', 'CAPTCHA_EXPIRED', 1],
  [{ fault: 'unauthorized' }, 'CAPTCHA_MISCONFIGURED', 'CAPTCHA_MISCONFIGURED', 1],
  [{ fault: 'not-ticked' }, 'CAPTCHA_MISCONFIGURED', 'CAPTCHA_MISCONFIGURED', 1],
];

let emulator: NaverCaptchaEmulator;

beforeEach(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 6, style: 'plain', dailyQuota: 1_000_000 });
});

afterEach(() => emulator.close());

function start(adapter: Adapter, hasStandby: boolean): Promise<RunningApp> {
  return startApp({
    adapter,
    imports: [
      NaverCaptchaModule.forRoot({
        ...reaching(emulator),
        timeoutMs: TIMEOUT_MS,
        issueLimit: false,
        routes: true,
        ...(hasStandby ? { standby: standbyEngine({ style: 'plain' }) } : {}),
      }),
    ],
    controllers: [signupController()],
  });
}

const calls = (call: 'issue' | 'compare'): number =>
  emulator.requests.filter((request) => request.call === call).length;

async function ask(app: RunningApp): Promise<{ status: number; code: string; key: string }> {
  const { status, body } = await postJson(`${app.url}/captcha`, {});
  const { code = '', key = '' } = body as { code?: string; key?: string };
  return { status, code, key };
}

async function answer(running: RunningApp, key: string): Promise<unknown> {
  const { app, url } = running;
  await (await fetch(`${url}/captcha/media?${new URLSearchParams({ key }).toString()}`)).arrayBuffer();
  const captchaValue = await answerOf(app, key, (naverKey) => emulator.answerOf(naverKey));
  const { body } = await signUp(running, { captchaKey: key, captchaValue });
  const { code, outcome } = body as { code?: string; outcome?: { status: string } };
  return code ?? outcome?.status;
}

describe.each(ADAPTERS)('on %s', (adapter) => {
  describe.each([true, false])('a fault of issuing, with a standby: %s', (hasStandby) => {
    it.each(TABLE)('%j', async (fault, code, _, issued) => {
      await using app = await start(adapter, hasStandby);
      // The first challenge finds the sockets cold.
      await ask(app);
      const before = calls('issue');
      emulator.failEvery({ ...fault, call: 'issue', every: 1 });

      const asked = await ask(app);

      // No call more than without a standby.
      expect(calls('issue') - before).toBe(issued);
      if (!hasStandby) expect(asked).toMatchObject({ code, key: '' });
      else {
        expect(asked.status).toBe(201);
        expect(await answer(app, asked.key)).toBe('verified');
        expect(calls('compare')).toBe(0);
      }
    });
  });

  it.each(TABLE)('a fault of comparing, with a standby: %j', async (fault, _, code) => {
    await using app = await start(adapter, true);
    const { key } = await ask(app);
    emulator.failNext({ ...fault, call: 'compare' });

    expect(await answer(app, key)).toBe(code);
    expect(calls('compare')).toBe(1);
    // Whatever happened to this one, the next visitor gets through.
    const next = await ask(app);
    expect(await answer(app, next.key)).toBe('verified');
  });
});
