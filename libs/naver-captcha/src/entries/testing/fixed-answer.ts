import type { CaptchaErrorCode } from '../../types.js';

/** The key that every route takes, as long and of the same characters as a real one. */
export const FIXED_KEY = 'fixed-key-of-nestjs-naver-captcha-testing_'.padEnd(64, '0');

/** The payload of a challenge whose attempts are used up from the start. */
export const USED_UP_PAYLOAD = Buffer.from('used-up');

/** Digits: answers to pictures and to sounds both look so. */
export const FIXED_VALUE = '1234567';

/**
 * What `failNext()` takes: the codes a verification can end with. `CAPTCHA_MISSING` is a request without an answer, and
 * `CAPTCHA_TOO_MANY` is about making challenges.
 */
export type CaptchaTestFailure = Exclude<CaptchaErrorCode, 'CAPTCHA_MISSING' | 'CAPTCHA_TOO_MANY'>;

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

/** Tests need not be TypeScript. */
export function isTestFailure(code: unknown): code is CaptchaTestFailure {
  return typeof code === 'string' && Object.hasOwn(FAILURES, code);
}

/** A key, or a NAVER key, that says how its verification ends. */
export function failing(key: string, code: CaptchaTestFailure | undefined): string {
  return code === undefined ? key : `${key}:${code}`;
}

/** What {@link failing} said. */
export function failureOf(key: string): CaptchaTestFailure | undefined {
  const code = key.slice(key.indexOf(':') + 1);
  return isTestFailure(code) ? code : undefined;
}
