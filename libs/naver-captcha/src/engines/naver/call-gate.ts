import type { CaptchaException } from '../../errors.js';
import type { Awaitable, NaverCall } from '../../types.js';

/** How one attempt at a call to NAVER ended. */
export interface NaverCallResult {
  /** How long NAVER was waited for; where nothing was sent, how long the refusal took. */
  readonly durationMs: number;
  /** What the caller is about to get thrown; absent where NAVER gave a usable reply. */
  readonly error?: Error;
  /** The status of NAVER's reply; absent where there was none. */
  readonly status?: number;
  /** Whether a request was made at all: a gate, or too many calls of our own, may have refused it before. */
  readonly sent: boolean;
  /** `false` only where the request surely never reached NAVER, so that nothing was counted there. */
  readonly reached: boolean;
}

/** Runs around every single attempt at a call to NAVER: quota, breaker and events are gates. */
export interface CallGate {
  /** The exception that `before` would throw, if this process knows it without I/O; otherwise undefined. */
  refusalOf?(call: NaverCall): CaptchaException | undefined;
  /** Throws to refuse the call before anything is sent. */
  before?(call: NaverCall): Awaitable<void>;
  /** Runs once for every call whose `before` let it through, also where a later gate refused it. */
  after?(call: NaverCall, result: NaverCallResult): Awaitable<void>;
}
