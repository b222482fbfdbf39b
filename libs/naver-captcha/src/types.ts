import type { ExecutionContext, HttpException } from '@nestjs/common';

/** A value now or a promise of it. */
export type Awaitable<T> = T | Promise<T>;

/**
 * Which of NAVER's front doors is called: `developers` (NAVER Developers), `ncloud` (NAVER Cloud), `ncloud-gov`
 * (NAVER Cloud for the public sector), `ncloud-fin` (NAVER Cloud for finance).
 */
export type NaverPlatform = 'developers' | 'ncloud' | 'ncloud-gov' | 'ncloud-fin';

/** What a person gets to solve: a picture of letters and digits, or a sound of spoken digits. */
export type CaptchaKind = 'image' | 'audio';

/** Every {@link CaptchaKind}, in the order they are offered. */
export const CAPTCHA_KINDS = ['image', 'audio'] as const satisfies readonly CaptchaKind[];

/** One captcha put to one person. Send it to the browser as it is: it holds no secret. */
export interface CaptchaChallenge {
  /** The key the browser sends back with the answer: NAVER's key, sealed by this application. */
  readonly key: string;
  readonly kind: CaptchaKind;
  /** From this moment on the key is refused with `CAPTCHA_EXPIRED`. */
  readonly expiresAt: Date;
}

/** The picture or the sound of a challenge. */
export interface CaptchaMedia {
  /** `image/jpeg` or `audio/wav`: what the first bytes show, never what an upstream header claims. */
  readonly contentType: string;
  readonly body: Buffer;
}

/** What a person sent back. */
export interface CaptchaAnswer {
  readonly key: string;
  readonly value: string;
}

/** What a key must have been made for; whatever is absent here must be absent in the key. */
export interface CaptchaExpectation {
  /** The action given to `createChallenge`, such as `signup`. */
  readonly action?: string | undefined;
  /** The binding given to `createChallenge`, such as a saved session's id. */
  readonly binding?: string | undefined;
  /**
   * The kinds that are accepted.
   * @default both
   */
  readonly kinds?: readonly CaptchaKind[] | undefined;
}

/** Why an answer did not pass. */
export type CaptchaRejection = 'wrong' | 'expired' | 'forged' | 'mismatch' | 'used' | 'unshown' | 'malformed';

/** The verdict on an answer that passed. */
export interface CaptchaPassed {
  readonly passed: true;
  readonly kind: CaptchaKind;
  /** Seconds from showing to answering, as NAVER tells it; absent when NAVER cannot tell. */
  readonly responseTimeSeconds?: number;
}

/** The verdict on an answer that did not pass. */
export interface CaptchaRejected {
  readonly passed: false;
  readonly reason: CaptchaRejection;
}

/** Data, always an object: test `verdict.passed`, never the verdict itself. */
export type CaptchaVerdict = CaptchaPassed | CaptchaRejected;

/** Why a request got through the guard. */
export type CaptchaOutcome =
  | { readonly status: 'verified'; readonly kind: CaptchaKind; readonly responseTimeSeconds?: number }
  | { readonly status: 'skipped' }
  /** `afterFailures` did not ask for a captcha yet. */
  | { readonly status: 'notNeeded' }
  /** NAVER could not be asked, and `onUnavailable` let the request through; nothing was verified. */
  | { readonly status: 'allowed'; readonly code: CaptchaErrorCode };

/** Tells the time; replace the provider `CAPTCHA_CLOCK` to move it in a test. */
export interface CaptchaClock {
  /** Milliseconds since 1970-01-01T00:00:00Z: for days, and for when keys expire. */
  now(): number;
  /**
   * Milliseconds since any moment, never going back: for pauses, durations and what the memory store remembers.
   * Without it they follow `now()`, and a step back of `now()` counts as no time.
   */
  monotonicNow?(): number;
}

/** Gives unpredictable bytes; replace the provider `CAPTCHA_RANDOM` to fix them in a test. */
export interface CaptchaRandom {
  bytes(count: number): Buffer;
}

/** One call to NAVER, without anything that tells whose it is. */
export interface NaverCall {
  readonly platform: NaverPlatform;
  readonly kind: CaptchaKind;
  readonly operation: 'issue' | 'fetch' | 'compare';
}

/** The two names an answer goes by in one place of a request. */
export interface CaptchaAnswerNames {
  readonly key: string;
  readonly value: string;
}

/** What to do with a request while NAVER cannot be asked. */
export type CaptchaUnavailablePolicy = 'reject' | 'allow';

/** A policy, or a function of the `CaptchaUnavailableException` that yields one; a throw rejects. */
export type OnCaptchaUnavailable =
  | CaptchaUnavailablePolicy
  | ((error: HttpException, context: ExecutionContext) => Awaitable<CaptchaUnavailablePolicy>);

/** How often something may be done in a time. */
export interface CaptchaRate {
  readonly limit: number;
  readonly windowMs: number;
}

/** The forward proxies between this machine and NAVER: URLs that can hold user and password. */
export interface CaptchaForwardProxy {
  readonly httpProxy: string | undefined;
  readonly httpsProxy: string | undefined;
  /** Hosts that are called straight, in the form of NO_PROXY. */
  readonly noProxy: string;
}

/** What is kept ready for those who come next. */
export interface CaptchaPrefetch {
  /** How many pictures. */
  readonly size: number;
}

/** What is used of the day's quota of one kind. */
export interface CaptchaQuota {
  /** Calls counted since midnight in Korea; the limit where NAVER said that the quota is used up. */
  readonly used: number;
  /** Absent where there is none. */
  readonly limit: number | undefined;
  /** Challenges that can still be made, `quotaReserve` kept back; absent where nothing limits them. */
  readonly left: number | undefined;
  /** The next midnight in Korea. */
  readonly resetsAt: Date;
}

/** The codes a client may get; see the README for when. */
export type CaptchaErrorCode =
  | 'CAPTCHA_MISSING'
  | 'CAPTCHA_MALFORMED'
  | 'CAPTCHA_WRONG'
  | 'CAPTCHA_EXPIRED'
  | 'CAPTCHA_INVALID'
  | 'CAPTCHA_USED'
  | 'CAPTCHA_TOO_MANY'
  | 'CAPTCHA_UNAVAILABLE'
  | 'CAPTCHA_QUOTA_EXCEEDED'
  | 'CAPTCHA_MISCONFIGURED';

/** The languages the library speaks to people. */
export type CaptchaLanguage = 'ko' | 'en';

/** Every setting, checked, with nothing left out. Frozen; the secrets are not enumerable, so that no log prints them. */
export interface ResolvedCaptchaOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly platform: NaverPlatform;
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** Not enumerable, as it can hold a password. Undefined if calls go straight to NAVER. */
  readonly proxy: CaptchaForwardProxy | undefined;
  readonly timeoutMs: number;
  readonly maxSockets: number;
  /** The first seals, all open. */
  readonly signingSecrets: readonly [string, ...string[]];
  readonly keyTtlMs: number;
  readonly maxAttempts: number;
  /** Calls a day and kind; none where NAVER bills each. */
  readonly dailyQuota: number | undefined;
  /** The share of the day's quota that is kept for comparing. */
  readonly quotaReserve: number;
  readonly issueLimit: CaptchaRate | false;
  readonly prefetch: CaptchaPrefetch | false;
  readonly onUnavailable: OnCaptchaUnavailable;
  readonly keys: 'sealed' | 'raw';
  readonly strip: boolean;
  readonly bodyFields: CaptchaAnswerNames | false;
  readonly headerNames: CaptchaAnswerNames | false;
  readonly answerPattern: Readonly<Record<CaptchaKind, RegExp>>;
  readonly statuses: Readonly<Partial<Record<CaptchaErrorCode, number>>>;
  readonly messages: Readonly<
    Partial<Record<CaptchaErrorCode, Readonly<Partial<Record<CaptchaLanguage, string>>>>>
  >;
}
