import type { CaptchaErrorCode, CaptchaKind, CaptchaRejection, NaverCall } from './types.js';

/** A challenge was made. */
export interface ChallengeIssuedEvent {
  readonly type: 'challenge.issued';
  readonly kind: CaptchaKind;
  readonly action?: string | undefined;
}

/** An answer was judged. `durationMs` is the whole judgement, NAVER's part included. */
export interface VerdictEvent {
  readonly type: 'verdict';
  readonly passed: boolean;
  /** Absent where the answer passed. */
  readonly reason?: CaptchaRejection | undefined;
  /** Absent where the key could not be opened. */
  readonly kind?: CaptchaKind | undefined;
  readonly action?: string | undefined;
  readonly durationMs: number;
}

/** NAVER could not be asked, and `onUnavailable` let a request through. */
export interface AllowedEvent {
  readonly type: 'allowed';
  readonly code: CaptchaErrorCode;
  /** Absent where the request had no key, because nobody could have one. */
  readonly kind?: CaptchaKind | undefined;
  readonly action?: string | undefined;
}

/** One attempt at a call to NAVER ended. */
export interface UpstreamCallEvent extends NaverCall {
  readonly type: 'upstream.call';
  /** `false` where quota, breaker or too many calls of our own refused it: NAVER never heard of it. */
  readonly sent: boolean;
  /** How long NAVER was waited for; where nothing was sent, how long the refusal took. */
  readonly durationMs: number;
  /** The HTTP status of NAVER's reply; absent where there was none. */
  readonly status?: number | undefined;
  /** Absent where NAVER gave a usable reply. */
  readonly code?: CaptchaErrorCode | undefined;
}

/** The day's quota of a kind is nearly, or all, used up. Told once a day, kind and level, by one of all processes. */
export interface QuotaEvent {
  readonly type: 'quota';
  readonly kind: CaptchaKind;
  /** `closed`: NAVER itself says so. */
  readonly level: '80%' | '100%' | 'closed' | 'reopened';
  readonly used: number;
  readonly limit: number | undefined;
}

/** A limit is being reached. The busiest networks of this minute, in this process; told at most once a minute. */
export interface BusiestEvent {
  readonly type: 'busiest';
  readonly networks: readonly {
    /** The hash of an IPv4 /24 or an IPv6 /48: `NaverCaptchaService.hashesOf(ip)` yields it for an address. */
    readonly network: string;
    /** Challenges asked for in this minute, refused ones included. */
    readonly challenges: number;
    /** Households of this network that asked. */
    readonly households: number;
  }[];
}

/** The breaker of one kind of call changed its state: an open one sends nothing to NAVER. */
export interface BreakerEvent extends Pick<NaverCall, 'platform' | 'operation'> {
  readonly type: 'breaker';
  readonly state: 'open' | 'half-open' | 'closed';
}

/** What happens in the module. No event holds an answer, a key, a secret or anything about a person. */
export type CaptchaEvent =
  ChallengeIssuedEvent | VerdictEvent | AllowedEvent | UpstreamCallEvent | QuotaEvent | BusiestEvent | BreakerEvent;
