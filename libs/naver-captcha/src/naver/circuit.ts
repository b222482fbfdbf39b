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

import { CaptchaUnavailableException } from '../errors.js';
import type { CaptchaClock, NaverCall } from '../types.js';

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

  refuseWhileOpen(): void {
    const waitMs = this.#opensAt - this.clock.now();
    const { state } = this.#policy;
    // While one call tries whether NAVER is back, the others need not wait for it.
    if (state === CircuitState.Closed || (state === CircuitState.Open && waitMs <= 0)) return;
    throw new CaptchaUnavailableException({
      retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
      detail: 'NAVER did not answer lately, so it is not asked for a while.',
    });
  }

  async enter(call: NaverCall): Promise<void> {
    this.refuseWhileOpen();
    await new Promise<void>((admitted, refused) => {
      const left = new Promise<void>((resolve, reject) => {
        this.#inside.set(call, (error) => {
          if (error === undefined) resolve();
          else reject(error);
        });
      });
      this.#policy
        .execute(() => {
          admitted();
          return left;
        })
        // Means nothing any more once it is admitted.
        .catch(refused);
    });
  }

  leave(call: NaverCall, error: Error | undefined): void {
    this.#inside.get(call)?.(error);
    this.#inside.delete(call);
  }

  /** Cockatiel looks at the system's clock, which may go back: it is told never to wait, and the waiting is done above. */
  #pause(backoff: IBackoff<unknown>): IBackoff<unknown> {
    this.#opensAt = this.clock.now() + backoff.duration;
    return { duration: -Infinity, next: (context) => this.#pause(backoff.next(context)) };
  }
}
