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

/** One call to NAVER ended. */
export interface UpstreamCallEvent extends NaverCall {
  readonly type: 'upstream.call';
  readonly durationMs: number;
  /** Absent where NAVER gave a usable reply. */
  readonly code?: CaptchaErrorCode | undefined;
}

/** What happens in the module. No event holds an answer, a key, a secret or anything about a person. */
export type CaptchaEvent = ChallengeIssuedEvent | VerdictEvent | UpstreamCallEvent;
