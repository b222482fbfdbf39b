import type {
  CaptchaEngineName,
  CaptchaErrorCode,
  CaptchaKind,
  CaptchaMediaKind,
  CaptchaMediaEngineName,
  CaptchaPressure,
  CaptchaPricing,
  CaptchaRejection,
  NaverCall,
} from './types.js';

/** A challenge was made. */
export interface ChallengeIssuedEvent extends CaptchaPricing {
  readonly type: 'challenge.issued';
  readonly kind: CaptchaKind;
  /** Who made it. */
  readonly engine: CaptchaEngineName;
  readonly action?: string | undefined;
}

/** A page was asked to pay a toll before it gets a challenge. */
export interface TollEvent {
  readonly type: 'toll';
  readonly pressure: CaptchaPressure;
  /** The level of the toll, 1 to 5. */
  readonly level: number;
  readonly action?: string | undefined;
}

/** An answer was judged. */
export interface VerdictEvent extends Partial<CaptchaPricing> {
  readonly type: 'verdict';
  readonly passed: boolean;
  /** Absent if the answer passed. */
  readonly reason?: CaptchaRejection | undefined;
  /** Absent if the key could not be opened. */
  readonly kind?: CaptchaKind | undefined;
  /** Who made the challenge; absent if the key could not be opened. */
  readonly engine?: CaptchaEngineName | undefined;
  readonly action?: string | undefined;
  /** Milliseconds that judging took, including the call to NAVER. */
  readonly durationMs: number;
}

/** NAVER was unavailable, and `onUnavailable` let a request through. */
export interface AllowedEvent {
  readonly type: 'allowed';
  readonly code: CaptchaErrorCode;
  /** Absent if the request had no key, because no visitor could get one. */
  readonly kind?: CaptchaKind | undefined;
  readonly action?: string | undefined;
}

/** One attempt at a call to NAVER ended. */
export interface UpstreamCallEvent extends NaverCall {
  readonly type: 'upstream.call';
  /** `false` if the quota, a breaker or the limit of parallel calls refused the call, so that it was never sent. */
  readonly sent: boolean;
  /** Milliseconds until NAVER's reply or the failure; if the call was not sent, until its refusal. */
  readonly durationMs: number;
  /** The HTTP status of NAVER's reply; absent if there was no reply. */
  readonly status?: number | undefined;
  /** Absent if NAVER's reply was usable. */
  readonly code?: CaptchaErrorCode | undefined;
}

/** The day's quota of a kind is nearly or fully used up. Each level is reported once a day and kind, by one process. */
export interface QuotaEvent {
  readonly type: 'quota';
  readonly kind: CaptchaMediaKind;
  /** `closed`: NAVER reported that the quota is used up. `reopened`: it accepts calls again. */
  readonly level: '80%' | '100%' | 'closed' | 'reopened';
  readonly used: number;
  readonly limit: number | undefined;
}

/** A limit is being reached. The busiest networks of this minute and the last one, in this process; at most once a minute. */
export interface BusiestEvent {
  readonly type: 'busiest';
  readonly networks: readonly {
    /** The hash of an IPv4 /24 or an IPv6 /48: `NaverCaptchaService.hashesOf(ip)` yields it for an address. */
    readonly network: string;
    /** Challenges asked for in these minutes, refused ones included. */
    readonly challenges: number;
    /** Households of this network that asked; counted up to 100. */
    readonly households: number;
    /** The household that asked most, among the counted ones, by its hash. */
    readonly busiestHousehold: { readonly household: string; readonly challenges: number };
  }[];
}

/** The breaker of one operation changed its state; while it is open, no calls are sent to NAVER. */
export interface BreakerEvent extends Pick<NaverCall, 'platform' | 'operation'> {
  readonly type: 'breaker';
  readonly state: 'open' | 'half-open' | 'closed';
}

/**
 * The standby makes the challenges of this kind from now on because NAVER cannot, or NAVER makes them again. Each process
 * reports its own changes.
 */
export interface EngineEvent {
  readonly type: 'engine';
  /** Who makes challenges from now on. */
  readonly engine: CaptchaMediaEngineName;
  readonly kind: CaptchaMediaKind;
  /** Why NAVER cannot; absent if NAVER makes challenges again. */
  readonly reason?: CaptchaErrorCode | undefined;
}

/** An event of the module. No event contains an answer, a key, a secret or personal data. */
export type CaptchaEvent =
  | ChallengeIssuedEvent
  | TollEvent
  | VerdictEvent
  | AllowedEvent
  | UpstreamCallEvent
  | QuotaEvent
  | BusiestEvent
  | BreakerEvent
  | EngineEvent;
