import type { ExecutionContext, HttpException } from '@nestjs/common';

/** A value now or a promise of it. */
export type Awaitable<T> = T | Promise<T>;

/**
 * The site of NAVER whose API is called: `developers` (NAVER Developers), `ncloud` (NAVER Cloud), `ncloud-gov` (NAVER
 * Cloud for the public sector) or `ncloud-fin` (NAVER Cloud for finance).
 */
export type NaverPlatform = 'developers' | 'ncloud' | 'ncloud-gov' | 'ncloud-fin';

/** What a visitor solves: a picture of letters and digits, or a sound of spoken digits. */
export type CaptchaKind = 'image' | 'audio';

/** Who makes challenges and compares answers: NAVER, or this application's own pictures and sounds. */
export type CaptchaEngineName = 'naver' | 'standby';

/** Every {@link CaptchaKind}. */
export const CAPTCHA_KINDS = ['image', 'audio'] as const satisfies readonly CaptchaKind[];

/** One captcha put to one person. Send it to the browser as it is: it holds no secret. */
export interface CaptchaChallenge {
  /** The key that the browser sends with the answer, sealed by this application. */
  readonly key: string;
  readonly kind: CaptchaKind;
  /** The time from which the key is refused with `CAPTCHA_EXPIRED`. */
  readonly expiresAt: Date;
  /** Seconds until then: the clock of the browser may be wrong. */
  readonly expiresInSeconds: number;
}

/** The picture or the sound of a challenge. */
export interface CaptchaMedia {
  /** `image/jpeg` or `audio/wav`: determined from the first bytes, not from NAVER's header. */
  readonly contentType: string;
  readonly body: Buffer;
}

/** What a visitor sends. */
export interface CaptchaAnswer {
  readonly key: string;
  readonly value: string;
}

/** What a key must have been made for. A key with an action or a binding that is absent here does not match. */
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
  /** Who made the challenge and compared the answer. */
  readonly engine: CaptchaEngineName;
  /** Seconds from showing to answering, as NAVER reports them; absent if it does not. */
  readonly responseTimeSeconds?: number;
}

/** The verdict on an answer that did not pass. */
export interface CaptchaRejected {
  readonly passed: false;
  readonly reason: CaptchaRejection;
}

/** Always an object: test `verdict.passed`, never the verdict itself. */
export type CaptchaVerdict = CaptchaPassed | CaptchaRejected;

/** Why the guard let a request through. */
export type CaptchaOutcome =
  | {
      readonly status: 'verified';
      readonly kind: CaptchaKind;
      readonly engine: CaptchaEngineName;
      readonly responseTimeSeconds?: number;
    }
  | { readonly status: 'skipped' }
  /** `afterFailures` did not ask for a captcha yet. */
  | { readonly status: 'notNeeded' }
  /** NAVER was unavailable, and `onUnavailable` let the request through; nothing was verified. */
  | { readonly status: 'allowed'; readonly code: CaptchaErrorCode };

/** The current time; replace the provider `CAPTCHA_CLOCK` to set it in a test. */
export interface CaptchaClock {
  /** Milliseconds since 1970-01-01T00:00:00Z: for days, and for when keys expire. */
  now(): number;
  /**
   * Milliseconds since any moment, never going back: for pauses, durations and what the memory store remembers.
   * Without it they follow `now()`, and a step back of `now()` counts as no time.
   */
  monotonicNow?(): number;
}

/** Unpredictable bytes; replace the provider `CAPTCHA_RANDOM` to fix them in a test. */
export interface CaptchaRandom {
  bytes(count: number): Buffer;
}

/** One call to NAVER, without personal data. */
export interface NaverCall {
  readonly platform: NaverPlatform;
  readonly kind: CaptchaKind;
  readonly operation: 'issue' | 'fetch' | 'compare';
}

/** The names of the answer's two fields, or of its two headers. */
export interface CaptchaAnswerNames {
  readonly key: string;
  readonly value: string;
}

/** What to do with a request while NAVER is unavailable. */
export type CaptchaUnavailablePolicy = 'reject' | 'allow';

/** A policy, or a function of the `CaptchaUnavailableException` that returns one; if it throws, the policy is `reject`. */
export type OnCaptchaUnavailable =
  | CaptchaUnavailablePolicy
  | ((error: HttpException, context: ExecutionContext) => Awaitable<CaptchaUnavailablePolicy>);

/** How often something may be done within a time. */
export interface CaptchaRate {
  readonly limit: number;
  /** Milliseconds. */
  readonly windowMs: number;
}

/** The forward proxies between this machine and NAVER: URLs that can hold user and password. */
export interface CaptchaForwardProxy {
  readonly httpProxy: string | undefined;
  readonly httpsProxy: string | undefined;
  /** Hosts that are called straight, in the form of NO_PROXY. */
  readonly noProxy: string;
}

/** What each process keeps ready for the next visitors. */
export interface CaptchaPrefetch {
  /** The number of pictures. */
  readonly size: number;
}

/** The day's quota of one kind, and how much of it is used. */
export interface CaptchaQuota {
  /** Calls counted since midnight in Korea; equal to the limit if NAVER reported that the quota is used up. */
  readonly used: number;
  /** Calls a day; undefined if there is no limit. */
  readonly limit: number | undefined;
  /** Challenges that can still be made, each with its comparison; undefined if there is no limit. */
  readonly left: number | undefined;
  /** Calls that may be used by now; absent without `pace`. */
  readonly limitNow?: number;
  /** The next midnight in Korea. */
  readonly resetsAt: Date;
}

/** How evenly the day's quota is used. */
export interface CaptchaPace {
  /** The share of the quota, from 0.01 to 1, that may be used right after midnight in Korea; the rest grows over the day. */
  readonly headroom: number;
}

/** The codes that a client may get; the README describes each. */
export type CaptchaErrorCode =
  | 'CAPTCHA_MISSING'
  | 'CAPTCHA_MALFORMED'
  | 'CAPTCHA_WRONG'
  | 'CAPTCHA_EXPIRED'
  | 'CAPTCHA_INVALID'
  | 'CAPTCHA_USED'
  | 'CAPTCHA_BAD_REQUEST'
  | 'CAPTCHA_ORIGIN'
  | 'CAPTCHA_TOO_MANY'
  | 'CAPTCHA_UNAVAILABLE'
  | 'CAPTCHA_QUOTA_EXCEEDED'
  | 'CAPTCHA_MISCONFIGURED';

/** The languages of the messages for visitors. */
export type CaptchaLanguage = 'ko' | 'en';

/** Every option, checked, with its default. Frozen; the secrets are not enumerable, so that no log prints them. */
export interface ResolvedCaptchaOptions {
  /** Empty if the application runs without NAVER and was given none; so is the secret. */
  readonly clientId: string;
  readonly clientSecret: string;
  readonly platform: NaverPlatform;
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** Not enumerable, as it can hold a password. Undefined if calls go straight to NAVER. */
  readonly proxy: CaptchaForwardProxy | undefined;
  readonly timeoutMs: number;
  readonly maxSockets: number;
  /** The first one seals keys, and all of them open keys. */
  readonly signingSecrets: readonly [string, ...string[]];
  readonly keyTtlMs: number;
  readonly maxAttempts: number;
  /** Calls a day and kind; undefined if the option is `Infinity`: no limit. */
  readonly dailyQuota: number | undefined;
  /** False if the day's quota may be used at any speed. */
  readonly pace: CaptchaPace | false;
  readonly issueLimit: CaptchaRate | false;
  /** In CIDR notation. */
  readonly refusedNetworks: readonly string[];
  readonly prefetch: CaptchaPrefetch | false;
  /** Who makes challenges, in the order in which they are asked. */
  readonly engines: readonly CaptchaEngineName[];
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
