import type { CaptchaErrorCode } from '../../types.js';

/** The key that every route accepts, with the length and the characters of a real one. */
export const FIXED_KEY = 'fixed-key-of-nestjs-naver-captcha-testing_'.padEnd(64, '0');

/** The payload of a challenge whose attempts are used up from the start. */
export const USED_UP_PAYLOAD = Buffer.from('used-up');

/** Digits, which the default patterns of both kinds accept. */
export const FIXED_VALUE = '1234567';

/**
 * The codes that a verification can end with, for `failNext()`. `CAPTCHA_MISSING` refuses a request without an answer;
 * `CAPTCHA_WORK_REQUIRED`, `CAPTCHA_TOO_MANY`, `CAPTCHA_BAD_REQUEST` and `CAPTCHA_ORIGIN` refuse a challenge.
 */
export type CaptchaTestFailure = Exclude<
  CaptchaErrorCode,
  'CAPTCHA_MISSING' | 'CAPTCHA_WORK_REQUIRED' | 'CAPTCHA_TOO_MANY' | 'CAPTCHA_BAD_REQUEST' | 'CAPTCHA_ORIGIN'
>;

const FAILURES: Readonly<Record<CaptchaTestFailure, true>> = {
  CAPTCHA_MALFORMED: true,
  CAPTCHA_WRONG: true,
  CAPTCHA_EXPIRED: true,
  CAPTCHA_INVALID: true,
  CAPTCHA_USED: true,
  CAPTCHA_UNAVAILABLE: true,
  CAPTCHA_QUOTA_EXCEEDED: true,
  CAPTCHA_MISCONFIGURED: true,
};

/** A test in JavaScript may pass any value. */
export function isTestFailure(code: unknown): code is CaptchaTestFailure {
  return typeof code === 'string' && Object.hasOwn(FAILURES, code);
}

/** Appends to a key, or to a NAVER key, the code that its verification is to end with. */
export function failing(key: string, code: CaptchaTestFailure | undefined): string {
  return code === undefined ? key : `${key}:${code}`;
}

/** The code that {@link failing} appended; undefined if there is none. */
export function failureOf(key: string): CaptchaTestFailure | undefined {
  const code = key.slice(key.indexOf(':') + 1);
  return isTestFailure(code) ? code : undefined;
}
