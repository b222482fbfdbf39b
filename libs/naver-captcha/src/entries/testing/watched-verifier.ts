import type { Subject } from 'rxjs';

import { Attempts } from '../../limits/attempts.js';
import type { CaptchaKeys } from '../../keys/captcha-keys.js';
import {
  type CaptchaAllowance,
  CaptchaVerifier,
  type VerificationSteps,
} from '../../challenge/captcha-verifier.js';
import type { OpenedKey } from '../../keys/key-ring.js';
import type { PrefetchedKeys } from '../../challenge/prefetched-keys.js';
import type { CaptchaEvent } from '../../events.js';
import type { NaverCaptchaClient } from '../../engines/naver/naver-captcha.client.js';
import type { CaptchaStore } from '../../store/captcha-store.js';
import type {
  CaptchaClock,
  CaptchaExpectation,
  CaptchaVerdict,
  ResolvedCaptchaOptions,
} from '../../types.js';
import { type CaptchaTestFailure, failing, failureOf, FIXED_KEY, FIXED_VALUE } from './fixed-answer.js';

/** Told of every verification. @returns the code it is to end with, if it is to fail whatever the answer */
export type VerificationListener = (
  answer: unknown,
  expected: CaptchaExpectation,
) => CaptchaTestFailure | undefined;

/** The module's verifier, which a test looks at and can make fail: by an answer that its real rules refuse so. */
export class WatchedVerifier extends CaptchaVerifier {
  constructor(
    private readonly listener: VerificationListener,
    client: NaverCaptchaClient,
    keys: CaptchaKeys,
    store: CaptchaStore,
    ready: PrefetchedKeys,
    settings: ResolvedCaptchaOptions,
    time: CaptchaClock,
    happened: Subject<CaptchaEvent>,
  ) {
    super(client, keys, new WatchedAttempts(store, settings), ready, settings, time, happened);
  }

  override async verify(answer: unknown, expected: CaptchaExpectation): Promise<CaptchaVerdict>;
  override async verify(
    answer: unknown,
    expected: CaptchaExpectation,
    steps: VerificationSteps,
  ): Promise<CaptchaVerdict | CaptchaAllowance>;
  override async verify(
    answer: unknown,
    expected: CaptchaExpectation,
    steps: VerificationSteps = {},
  ): Promise<CaptchaVerdict | CaptchaAllowance> {
    const failure = this.listener(answer, expected);
    return super.verify(failure === undefined ? answer : refusedAnswer(failure), expected, steps);
  }
}

function refusedAnswer(failure: CaptchaTestFailure): unknown {
  if (failure === 'CAPTCHA_MALFORMED') return undefined;
  return { key: failing(FIXED_KEY, failure), value: FIXED_VALUE };
}

class WatchedAttempts extends Attempts {
  override async take(key: OpenedKey, nowMs: number): Promise<boolean> {
    return failureOf(key.naverKey) === 'CAPTCHA_USED' ? false : super.take(key, nowMs);
  }
}
