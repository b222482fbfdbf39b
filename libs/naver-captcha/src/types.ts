import type { ExecutionContext, HttpException } from '@nestjs/common';

/** A value now or a promise of it. */
export type Awaitable<T> = T | Promise<T>;

/**
 * The site of NAVER whose API is called: `developers` (NAVER Developers), `ncloud` (NAVER Cloud), `ncloud-gov` (NAVER
 * Cloud for the public sector) or `ncloud-fin` (NAVER Cloud for finance).
 */
export type NaverPlatform = 'developers' | 'ncloud' | 'ncloud-gov' | 'ncloud-fin';

/**
 * What is solved: a picture of letters and digits, a sound of spoken digits, or work, which the browser computes without
 * the visitor.
 */
export type CaptchaKind = 'image' | 'audio' | 'work';

/** The kinds that a visitor sees or hears. */
export type CaptchaMediaKind = Exclude<CaptchaKind, 'work'>;

/** Who makes challenges and compares answers: NAVER, this application's own pictures and sounds, or its own work. */
export type CaptchaEngineName = 'naver' | 'standby' | 'work';

/** Who makes pictures and sounds. */
export type CaptchaMediaEngineName = Exclude<CaptchaEngineName, 'work'>;

/** Every {@link CaptchaMediaKind}: the kinds that a route accepts if it does not name any. */
export const MEDIA_KINDS = ['image', 'audio'] as const satisfies readonly CaptchaMediaKind[];

export function isMediaKind(kind: unknown): kind is CaptchaMediaKind {
  return kind === 'image' || kind === 'audio';
}

/** Every {@link CaptchaKind}. */
export const CAPTCHA_KINDS = [...MEDIA_KINDS, 'work'] as const satisfies readonly CaptchaKind[];

/**
 * How much a household, or the site, was asked for and answered wrongly of late. It decides what a visitor gets: work, a
 * picture, or a picture after a toll.
 */
export type CaptchaPressure = 'calm' | 'raised' | 'high';

/** How much pressure a household was under when it asked for a challenge, and what it paid for it. */
export interface CaptchaPricing {
  readonly pressure: CaptchaPressure;
  /** The level of the toll that was paid for the challenge, 1 to 5; 0 if none was asked for. */
  readonly price: number;
}

/**
 * A computation for the browser. Each part is a challenge of ALTCHA, version 2, so the solvers of ALTCHA solve it: a
 * counter whose derived key starts with `keyPrefix`. Of one part, the answer is the second half of that key; of several
 * parts it is the first half of the SHA-256 of these halves, one after the other. In hexadecimal digits.
 */
export interface CaptchaPuzzle {
  readonly parts: readonly { readonly parameters: CaptchaPuzzleParameters }[];
  /** The counter of each part is a whole number below this. */
  readonly counters: number;
}

/** The parameters of a part, named as ALTCHA names them; texts are hexadecimal digits. */
export interface CaptchaPuzzleParameters {
  readonly algorithm: string;
  /** Iterations of PBKDF2 for each counter. */
  readonly cost: number;
  /** Bytes. */
  readonly keyLength: number;
  readonly keyPrefix: string;
  readonly nonce: string;
  readonly salt: string;
}

/** One captcha put to one person. Send it to the browser as it is: it holds no secret. */
export interface CaptchaChallenge {
  /** The key that the browser sends with the answer, sealed by this application. */
  readonly key: string;
  readonly kind: CaptchaKind;
  /** The time from which the key is refused with `CAPTCHA_EXPIRED`. */
  readonly expiresAt: Date;
  /** Seconds until then: the clock of the browser may be wrong. */
  readonly expiresInSeconds: number;
  /** What the browser computes; only if the kind is `work`. */
  readonly puzzle?: CaptchaPuzzle;
}

/** Work that a page has to do before it gets a challenge. */
export interface CaptchaToll {
  /** 1 to 5. */
  readonly level: number;
  /** Sent back with what the page has computed: `{ key, value }`. */
  readonly key: string;
  readonly puzzle: CaptchaPuzzle;
  /** Seconds until the toll is worth nothing. */
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
   * @default ['image', 'audio']
   */
  readonly kinds?: readonly CaptchaKind[] | undefined;
}

/** Why an answer did not pass. */
export type CaptchaRejection = 'wrong' | 'expired' | 'forged' | 'mismatch' | 'used' | 'unshown' | 'malformed';

/** The verdict on an answer that passed. */
export interface CaptchaPassed extends CaptchaPricing {
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
  | (Omit<CaptchaPassed, 'passed'> & { readonly status: 'verified' })
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
  readonly kind: CaptchaMediaKind;
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

/** From when on a household pays for challenges, and from when on it gets none. */
export interface CaptchaPressureLimits {
  /** Challenges an hour without a toll. From there on each factor of four raises the level of the toll by one. */
  readonly free: number;
  /** Wrong answers of the last hour, counted twice, less the right ones: from here on the pressure is `raised`. */
  readonly raisedFrom: number;
  /** From here on it is `high`. */
  readonly highFrom: number;
  /** From here on pictures and sounds are refused until the hour is over, and from two wrong answers later on answers too. */
  readonly refusedFrom: number;
  /**
   * Raises the pressure of a request for a challenge, such as one from a hosting provider's network. Called by the routes;
   * if it throws, the pressure is not raised.
   * @returns the least pressure of the request; undefined leaves it as it is
   */
  readonly raise?: ((context: ExecutionContext) => Awaitable<CaptchaPressure | undefined>) | undefined;
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
  | 'CAPTCHA_WORK_REQUIRED'
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
  readonly pressure: CaptchaPressureLimits;
  /** In CIDR notation. */
  readonly refusedNetworks: readonly string[];
  readonly prefetch: CaptchaPrefetch | false;
  /** Who makes challenges, in the order in which they are asked. */
  readonly engines: readonly CaptchaMediaEngineName[];
  readonly onUnavailable: OnCaptchaUnavailable;
  readonly keys: 'sealed' | 'raw';
  readonly strip: boolean;
  readonly bodyFields: CaptchaAnswerNames | false;
  readonly headerNames: CaptchaAnswerNames | false;
  readonly answerPattern: Readonly<Record<CaptchaMediaKind, RegExp>>;
  readonly statuses: Readonly<Partial<Record<CaptchaErrorCode, number>>>;
  readonly messages: Readonly<
    Partial<Record<CaptchaErrorCode, Readonly<Partial<Record<CaptchaLanguage, string>>>>>
  >;
}
