import type { TestingModuleBuilder } from '@nestjs/testing';
import type { Subject } from 'rxjs';

import { CaptchaKeys } from '../../keys/captcha-keys.js';
import { CaptchaVerifier } from '../../challenge/captcha-verifier.js';
import { PrefetchedKeys } from '../../challenge/prefetched-keys.js';
import type { CaptchaEvent } from '../../events.js';
import type { NaverCaptchaModuleOptions } from '../../module/naver-captcha-options.js';
import { MODULE_OPTIONS_TOKEN } from '../../module/naver-captcha.module-definition.js';
import { resolveOptions } from '../../module/resolve-options.js';
import { NaverCaptchaClient } from '../../engines/naver/naver-captcha.client.js';
import type { CaptchaStore } from '../../store/captcha-store.js';
import {
  CAPTCHA_CLOCK,
  CAPTCHA_EVENTS,
  CAPTCHA_OPTIONS,
  CAPTCHA_RANDOM,
  CAPTCHA_STORE,
} from '../../tokens.js';
import type { CaptchaClock, CaptchaRandom, ResolvedCaptchaOptions } from '../../types.js';
import { CaptchaRecorder } from './captcha-recorder.js';
import type { CaptchaTesting } from './captcha-testing.js';
import { FIXED_VALUE } from './fixed-answer.js';
import { FixedKeyRing } from './fixed-key-ring.js';
import { FixedNaver } from './fixed-naver.js';
import { WatchedVerifier } from './watched-verifier.js';

/**
 * Makes an application testable without NAVER, network or credentials: call it before `compile()`, and send
 * `captcha.answer` with whatever a captcha protects. Only NAVER and the store are replaced, and a fixed key is taken
 * beside real ones; every rule and every refusal is the real one.
 */
export function overrideCaptcha(builder: TestingModuleBuilder): CaptchaTesting {
  const recorder = new CaptchaRecorder();
  builder
    .overrideProvider(CAPTCHA_OPTIONS)
    .useFactory({
      factory: (given: NaverCaptchaModuleOptions) => recorder.settle(withoutCredentials(given)),
      inject: [MODULE_OPTIONS_TOKEN],
    })
    .overrideProvider(CAPTCHA_STORE)
    .useFactory({
      factory: (clock: CaptchaClock) => recorder.newStore(clock),
      inject: [CAPTCHA_CLOCK, CAPTCHA_OPTIONS],
    })
    .overrideProvider(NaverCaptchaClient)
    .useValue(new FixedNaver())
    .overrideProvider(CaptchaKeys)
    .useFactory({
      factory: (options: ResolvedCaptchaOptions, random: CaptchaRandom, clock: CaptchaClock) => {
        const keys = new CaptchaKeys(options, random, clock);
        const ring = new FixedKeyRing(keys.ring, (contents) => {
          recorder.made(contents);
        });
        return Object.defineProperty(keys, 'ring', { value: ring });
      },
      inject: [CAPTCHA_OPTIONS, CAPTCHA_RANDOM, CAPTCHA_CLOCK],
    })
    .overrideProvider(CaptchaVerifier)
    .useFactory({
      factory: (
        client: NaverCaptchaClient,
        keys: CaptchaKeys,
        store: CaptchaStore,
        prefetched: PrefetchedKeys,
        options: ResolvedCaptchaOptions,
        clock: CaptchaClock,
        events: Subject<CaptchaEvent>,
      ) =>
        new WatchedVerifier(
          (answer, expected) => recorder.verifying(answer, expected),
          client,
          keys,
          store,
          prefetched,
          options,
          clock,
          events,
        ),
      inject: [
        NaverCaptchaClient,
        CaptchaKeys,
        CAPTCHA_STORE,
        PrefetchedKeys,
        CAPTCHA_OPTIONS,
        CAPTCHA_CLOCK,
        CAPTCHA_EVENTS,
      ],
    });
  return recorder;
}

/** What code gives counts; credentials it leaves out are made up, whatever this machine's environment holds. */
function withoutCredentials(given: NaverCaptchaModuleOptions): ResolvedCaptchaOptions {
  const environment = {
    ...process.env,
    NAVER_CAPTCHA_CLIENT_ID: 'testing-client-id',
    NAVER_CAPTCHA_CLIENT_SECRET: 'testing-client-secret',
  };
  const { answerPattern } = resolveOptions(given, environment);
  // Whatever an application's answers look like, the fixed one does too.
  const orFixed = ({ source, flags }: RegExp): RegExp => new RegExp(`${source}|^${FIXED_VALUE}$`, flags);
  return resolveOptions(
    {
      ...given,
      // Tests count what their requests cause.
      prefetch: false,
      answerPattern: { image: orFixed(answerPattern.image), audio: orFixed(answerPattern.audio) },
    },
    environment,
  );
}
