import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { trace } from '@opentelemetry/api';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';
import { MemoryCaptchaStore, NaverCaptchaModule, NaverCaptchaService } from 'nestjs-naver-captcha';
import { CaptchaTelemetry } from 'nestjs-naver-captcha/opentelemetry';

import { type RunningApp, startApp } from '../support/app.ts';
import { reaching, signupController, signUp, solve } from '../support/signup.ts';
import { Telemetry } from './support/telemetry.ts';

let emulator: NaverCaptchaEmulator;

beforeEach(async () => {
  emulator = await startNaverCaptchaEmulator({ seed: 9 });
});

afterEach(async () => {
  jest.restoreAllMocks();
  await emulator.close();
});

class WatchedStore extends MemoryCaptchaStore {
  readonly asked: string[] = [];

  override get(key: string): Promise<number> {
    this.asked.push(key.split(':')[0] ?? '');
    return super.get(key);
  }

  override take(
    ...[key, limit]: Parameters<MemoryCaptchaStore['take']>
  ): ReturnType<MemoryCaptchaStore['take']> {
    this.asked.push(key.split(':')[0] ?? '');
    return super.take(key, limit);
  }
}

function start(store: MemoryCaptchaStore, telemetry: boolean): Promise<RunningApp> {
  return startApp({
    imports: [NaverCaptchaModule.forRoot({ ...reaching(emulator), store })],
    controllers: [signupController()],
    providers: telemetry ? [CaptchaTelemetry] : [],
  });
}

describe('without an SDK', () => {
  it('no span is made, and the store is asked no more than without telemetry', async () => {
    const made = [jest.spyOn(trace, 'getTracer'), jest.spyOn(trace.getTracerProvider(), 'getTracer')];
    const asked: string[][] = [];
    for (const telemetry of [false, true]) {
      const store = new WatchedStore();
      await using app = await start(store, telemetry);
      expect((await signUp(app, await solve(app, emulator))).status).toBe(200);
      asked.push(store.asked);
    }

    expect(asked[0]?.length).toBeGreaterThan(2);
    expect(asked[1]).toEqual(asked[0]);
    for (const spy of made) expect(spy).not.toHaveBeenCalled();
  });

  it('that is registered later, spans are made from then on', async () => {
    await using app = await start(new MemoryCaptchaStore(), true);
    await app.get(NaverCaptchaService).createChallenge();
    await using telemetry = new Telemetry();
    await app.get(NaverCaptchaService).createChallenge();

    expect(telemetry.takeCalls()).toHaveLength(1);
  });
});
