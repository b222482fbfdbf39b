import {
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleAll,
  type IBackoff,
  noJitterGenerator,
} from 'cockatiel';

import { CaptchaUnavailableException } from '../../errors.js';
import type { CaptchaClock, NaverCall } from '../../types.js';

/** So many outages in a row open it. */
const FAILURES = 5;
/** How long an open one waits before it tries a single call; twice as long after each that fails. */
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 120_000;

/** Cockatiel's circuit, entered and left instead of wrapped around a function, and on the module's own clock. */
export class Circuit {
  readonly #policy: CircuitBreakerPolicy;
  readonly #inside = new Map<NaverCall, (error: Error | undefined) => void>();
  #opensAt = 0;
  /** Since the last success. */
  #hasFailed = false;

  constructor(
    private readonly clock: CaptchaClock,
    tell: (state: 'open' | 'half-open' | 'closed') => void,
  ) {
    this.#policy = circuitBreaker(handleAll, {
      breaker: new ConsecutiveBreaker(FAILURES),
      halfOpenAfter: {
        next: () =>
          this.#pause(
            new ExponentialBackoff({
              generator: noJitterGenerator,
              initialDelay: FIRST_PAUSE_MS,
              maxDelay: LONGEST_PAUSE_MS,
            }).next(),
          ),
      },
    });
    this.#policy.onBreak(() => {
      tell('open');
    });
    this.#policy.onHalfOpen(() => {
      tell('half-open');
    });
    this.#policy.onReset(() => {
      tell('closed');
    });
  }

  refusal(): CaptchaUnavailableException | undefined {
    const waitMs = this.#opensAt - this.clock.now();
    const { state } = this.#policy;
    // While one call tries whether NAVER is back, the others need not wait for it.
    if (state === CircuitState.Closed || (state === CircuitState.Open && waitMs <= 0)) return undefined;
    return new CaptchaUnavailableException({
      retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
      detail: 'NAVER did not answer lately, so it is not asked for a while.',
    });
  }

  /** Nothing to wait for where the call is let in, which cockatiel knows at once. */
  enter(call: NaverCall): Promise<void> | undefined {
    const refusal = this.refusal();
    if (refusal !== undefined) throw refusal;
    // A closed circuit lets everybody in: cockatiel need only hear of what goes wrong then.
    if (this.#policy.state === CircuitState.Closed) return undefined;
    const execution = this.#policy.execute(
      () =>
        new Promise<void>((resolve, reject) => {
          this.#inside.set(call, (error) => {
            if (error === undefined) resolve();
            else reject(error);
          });
        }),
    );
    if (!this.#inside.has(call)) return execution;
    // How it ends is the caller's own news.
    execution.catch(() => undefined);
    return undefined;
  }

  /**
   * @param outage an outage of NAVER's
   * @param silence what ended the call without a reply, whoever is to blame: a trial shows nothing then
   */
  leave(call: NaverCall, outage: Error | undefined, silence: Error | undefined): void {
    const end = this.#inside.get(call);
    this.#inside.delete(call);
    if (end !== undefined) end(outage ?? silence);
    else if (this.#policy.state === CircuitState.Closed) this.#hear(outage);
  }

  #hear(error: Error | undefined): void {
    // Success after success is no news, and telling it would cost every request.
    if (error === undefined && !this.#hasFailed) return;
    this.#hasFailed = error !== undefined;
    this.#policy
      .execute(() => {
        if (error !== undefined) throw error;
      })
      // How it ended is the caller's own news.
      .catch(() => undefined);
  }

  /** Cockatiel looks at the system's clock, which may go back: it is told never to wait, and the waiting is done above. */
  #pause(backoff: IBackoff<unknown>): IBackoff<unknown> {
    this.#opensAt = this.clock.now() + backoff.duration;
    return { duration: -Infinity, next: (context) => this.#pause(backoff.next(context)) };
  }
}
