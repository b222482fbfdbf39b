import type { TestingModuleBuilder } from '@nestjs/testing';

import { AnswerVerifier } from '../../challenge/answer-verifier.js';
import { NaverCaptchaClient } from '../../engines/naver/naver-captcha.client.js';
import { createCaptchaKeys } from '../../keys/captcha-keys.js';
import type { NaverCaptchaModuleOptions } from '../../module/naver-captcha-options.js';
import { MODULE_OPTIONS_TOKEN } from '../../module/naver-captcha.module-definition.js';
import { resolveOptions } from '../../module/resolve-options.js';
import {
  CAPTCHA_CLOCK,
  CAPTCHA_KEYS,
  CAPTCHA_OPTIONS,
  CAPTCHA_RANDOM,
  CAPTCHA_STORE,
  CAPTCHA_VERIFIER,
} from '../../tokens.js';
import type { CaptchaClock, CaptchaRandom, ResolvedCaptchaOptions } from '../../types.js';
import { CaptchaRecorder } from './captcha-recorder.js';
import type { CaptchaTesting } from './captcha-testing.js';
import { FIXED_VALUE } from './fixed-answer.js';
import { FixedKeys } from './fixed-keys.js';
import { FixedNaver } from './fixed-naver.js';
import { WatchedVerifier } from './watched-verifier.js';

/**
 * Makes an application testable without NAVER, network or credentials: call it before `compile()`, and send
 * `captcha.answer` with each request that needs a captcha. It replaces NAVER, the standby and the store, and accepts a fixed key
 * beside real ones; all rules and refusals are the real ones.
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
      factory: (clock: CaptchaClock, options: ResolvedCaptchaOptions) => recorder.newStore(clock, options),
      inject: [CAPTCHA_CLOCK, CAPTCHA_OPTIONS],
    })
    .overrideProvider(NaverCaptchaClient)
    .useValue(new FixedNaver())
    .overrideProvider(CAPTCHA_KEYS)
    .useFactory({
      factory: (options: ResolvedCaptchaOptions, random: CaptchaRandom) =>
        new FixedKeys(createCaptchaKeys(options, random), (contents) => {
          if (contents.kind !== 'toll') recorder.made({ ...contents, kind: contents.kind });
        }),
      inject: [CAPTCHA_OPTIONS, CAPTCHA_RANDOM],
    })
    .overrideProvider(CAPTCHA_VERIFIER)
    .useFactory({
      factory: (verifier: AnswerVerifier) =>
        new WatchedVerifier(verifier, (answer, expected) => recorder.verifying(answer, expected)),
      inject: [AnswerVerifier],
    });
  return recorder;
}

/**
 * What code gives counts; credentials it leaves out are made up, whatever this machine's environment holds. So is the
 * quota that NAVER Cloud requires, if neither code nor environment give it.
 */
function withoutCredentials(given: NaverCaptchaModuleOptions): ResolvedCaptchaOptions {
  const { NAVER_CAPTCHA_DAILY_QUOTA: quota = '' } = process.env;
  const environment = {
    ...process.env,
    NAVER_CAPTCHA_DAILY_QUOTA: quota.trim() === '' ? '1000' : quota,
    NAVER_CAPTCHA_CLIENT_ID: 'testing-client-id',
    NAVER_CAPTCHA_CLIENT_SECRET: 'testing-client-secret',
  };
  const { answerPattern } = resolveOptions(given, environment);
  // The fixed value must pass any pattern that an application sets.
  const orFixed = ({ source, flags }: RegExp): RegExp => new RegExp(`${source}|^${FIXED_VALUE}$`, flags);
  return resolveOptions(
    {
      ...given,
      // The replaced NAVER makes every challenge, so that the fixed value passes with each of them.
      engines: ['naver'],
      standby: undefined,
      // A test counts only the challenges that its requests make.
      prefetch: false,
      answerPattern: { image: orFixed(answerPattern.image), audio: orFixed(answerPattern.audio) },
    },
    environment,
  );
}
