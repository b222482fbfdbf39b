import type { CaptchaExpectation, CaptchaKind } from '../../types.js';
import type { CaptchaTestFailure } from './fixed-answer.js';

/** One verification: the answer, and what the key must have been made for. */
export interface CaptchaTestVerification extends CaptchaExpectation {
  /** The answer as passed to the verification: `{ key, value }`, unless the application passed something else. */
  readonly answer: unknown;
}

/** What one challenge was made for. */
export interface CaptchaTestChallenge {
  readonly kind: CaptchaKind;
  readonly action?: string | undefined;
  readonly binding?: string | undefined;
}

/** The captcha of an application under test: an answer that passes, what was verified, and how to make it fail. */
export interface CaptchaTesting {
  /** A key that every route accepts any number of times, with any action and binding. */
  readonly key: string;
  /** The value that passes, with this key and with the key of every challenge that the application makes. */
  readonly value: string;
  /**
   * The fields of a body that passes: `{ captchaKey, captchaValue }`, or the names in `bodyFields`.
   * @throws Error before the testing module is compiled, or if it was compiled before `overrideCaptcha()`
   */
  readonly answer: Readonly<Record<string, string>>;
  /**
   * The headers of a request that passes: `x-captcha-key` and `x-captcha-value`, or the names in `headerNames`.
   * @throws Error before the testing module is compiled, or if it was compiled before `overrideCaptcha()`
   */
  readonly headers: Readonly<Record<string, string>>;
  /** The verifications, in order; a request without an answer causes none. */
  readonly verifications: readonly CaptchaTestVerification[];
  /** The challenges that were made, in order. */
  readonly challenges: readonly CaptchaTestChallenge[];
  /**
   * Makes the next verification end with this code, for any answer; each further call is for one more verification.
   * `CAPTCHA_UNAVAILABLE` simulates an outage of NAVER, so `onUnavailable` decides.
   * @throws RangeError if a verification cannot end with this code
   */
  failNext(code: CaptchaTestFailure): void;
  /** Clears the recorded verifications and challenges, the failures that `failNext()` has set, and the store. */
  reset(): void;
}
