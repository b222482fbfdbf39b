import type { CaptchaException } from '../../errors.js';
import type { Awaitable, NaverCall } from '../../types.js';

/** How one attempt at a call to NAVER ended. */
export interface NaverCallResult {
  /** How long the attempt waited for NAVER; if nothing was sent, how long the refusal took. */
  readonly durationMs: number;
  /** What the caller gets thrown. Undefined if NAVER gave a usable reply. */
  readonly error?: Error;
  /** The HTTP status of NAVER's reply. Undefined if there was no reply. */
  readonly status?: number;
  /** `false` if a gate refused the call, or too many calls of this process were waiting. */
  readonly sent: boolean;
  /** `false` only if the request certainly did not reach NAVER, so that NAVER counted nothing. */
  readonly reached: boolean;
}

/** Runs around every single attempt at a call to NAVER: quota, breaker and events are gates. */
export interface CallGate {
  /** The exception that `before` would throw. Returns undefined if there is none, or if it takes I/O to know. */
  refusalOf?(call: NaverCall): CaptchaException | undefined;
  /** Throws to refuse the call before anything is sent. */
  before?(call: NaverCall): Awaitable<void>;
  /** Runs once for every call that `before` let through, even if a later gate refused the call. */
  after?(call: NaverCall, result: NaverCallResult): Awaitable<void>;
}
