import type { CaptchaExpectation, CaptchaKind } from '../../types.js';
import type { CaptchaTestFailure } from './fixed-answer.js';

/** What one verification was asked. */
export interface CaptchaTestVerification extends CaptchaExpectation {
  /** As it came: `{ key, value }`, unless code of the application's own passed something else. */
  readonly answer: unknown;
}

/** What one challenge was made for. */
export interface CaptchaTestChallenge {
  readonly kind: CaptchaKind;
  readonly action?: string | undefined;
  readonly binding?: string | undefined;
}

/** The captcha of an application under test: what passes, what it was asked, and how it fails. */
export interface CaptchaTesting {
  /** The key that every route takes, whatever its action or binding, as often as you like. */
  readonly key: string;
  /** The value that passes: with the fixed key, and with the key of every challenge the application makes. */
  readonly value: string;
  /**
   * The fields of a body that passes, `{ captchaKey, captchaValue }` or what `bodyFields` calls them.
   * @throws Error before the testing module is compiled, and where it was compiled before `overrideCaptcha()`
   */
  readonly answer: Readonly<Record<string, string>>;
  /**
   * The headers of a request that passes, `x-captcha-key` and `x-captcha-value` or what `headerNames` calls them.
   * @throws Error before the testing module is compiled, and where it was compiled before `overrideCaptcha()`
   */
  readonly headers: Readonly<Record<string, string>>;
  /** What was asked to be verified, in order; a request without an answer asks for nothing. */
  readonly verifications: readonly CaptchaTestVerification[];
  /** The challenges that were made, in order. */
  readonly challenges: readonly CaptchaTestChallenge[];
  /**
   * Makes the next verification end with this code, whatever the answer; several calls are for as many verifications.
   * `CAPTCHA_UNAVAILABLE` is an outage of NAVER's, so `onUnavailable` has its say.
   * @throws RangeError for a code that no verification ends with
   */
  failNext(code: CaptchaTestFailure): void;
  /** Forgets what was asked, failures still to come, and all that the store counts. */
  reset(): void;
}
