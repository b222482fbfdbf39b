import { CaptchaUnavailableException } from '../../errors.js';
import type { BreakerEvent } from '../../events.js';
import { spanClock } from '../../span-clock.js';
import type { CaptchaClock, NaverCall } from '../../types.js';
import type { CallGate, NaverCallResult } from './call-gate.js';

/** Outages in a row that open a circuit. */
const OUTAGES_TO_OPEN = 5;
/** How long an open circuit refuses calls before one call may try; doubled after each trial that fails. */
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 120_000;

/** Runs when a circuit changes its state. */
export type BreakerListener = (operation: NaverCall['operation'], state: BreakerEvent['state']) => void;

/** Refuses calls at once while NAVER is down, so that no visitor waits for the deadline. One circuit per operation. */
export class BreakerGate implements CallGate {
  readonly #circuits: Readonly<Record<NaverCall['operation'], Circuit>>;

  constructor(clock: CaptchaClock, listener: BreakerListener) {
    const spanMs = spanClock(clock);
    const circuitOf = (operation: NaverCall['operation']): Circuit =>
      new Circuit(spanMs, (state) => {
        listener(operation, state);
      });
    this.#circuits = {
      issue: circuitOf('issue'),
      fetch: circuitOf('fetch'),
      compare: circuitOf('compare'),
    };
  }

  refusalOf({ operation }: NaverCall): CaptchaUnavailableException | undefined {
    return this.#circuits[operation].refusal();
  }

  before(call: NaverCall): void {
    this.#circuits[call.operation].enter(call);
  }

  after(call: NaverCall, result: NaverCallResult): void {
    this.#circuits[call.operation].leave(call, naverStateOf(result));
  }
}

class Circuit {
  #state: BreakerEvent['state'] = 'closed';
  #outages = 0;
  #pauseMs = FIRST_PAUSE_MS;
  #trialAt = 0;
  #trial: NaverCall | undefined;

  constructor(
    private readonly spanMs: () => number,
    private readonly listener: (state: BreakerEvent['state']) => void,
  ) {}

  /** The exception that `enter` would throw now. Returns undefined if it would let the call through. */
  refusal(): CaptchaUnavailableException | undefined {
    if (this.#state === 'closed') return undefined;
    const waitMs = this.#trialAt - this.spanMs();
    if (this.#state === 'open' && waitMs <= 0) return undefined;
    return new CaptchaUnavailableException({
      retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
      detail: `NAVER failed ${OUTAGES_TO_OPEN} calls in a row, so calls are refused until a trial call succeeds.`,
    });
  }

  enter(call: NaverCall): void {
    const refusal = this.refusal();
    if (refusal !== undefined) throw refusal;
    if (this.#state === 'closed') return;
    this.#trial = call;
    this.#changeTo('half-open');
  }

  leave(call: NaverCall, naver: NaverState): void {
    if (call === this.#trial) {
      this.#trial = undefined;
      if (naver === 'up') this.#close();
      else this.#open(Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS));
      return;
    }
    // A call that began before the circuit opened must neither close it nor prolong the pause.
    if (this.#state !== 'closed' || naver === 'unknown') return;
    this.#outages = naver === 'up' ? 0 : this.#outages + 1;
    if (this.#outages >= OUTAGES_TO_OPEN) this.#open(FIRST_PAUSE_MS);
  }

  #open(pauseMs: number): void {
    this.#pauseMs = pauseMs;
    this.#trialAt = this.spanMs() + pauseMs;
    this.#changeTo('open');
  }

  #close(): void {
    this.#outages = 0;
    this.#changeTo('closed');
  }

  #changeTo(state: BreakerEvent['state']): void {
    this.#state = state;
    this.listener(state);
  }
}

/** What one call shows about NAVER; `unknown` if the call ended without a reply for a reason on this side. */
type NaverState = 'up' | 'down' | 'unknown';

/** A 4xx counts as up: clients can cause it with made-up keys, and must not be able to stop the site's forms. */
function naverStateOf({ error, status }: NaverCallResult): NaverState {
  if (status !== undefined && status >= 400 && status < 500) return 'up';
  if (error instanceof CaptchaUnavailableException && error.origin === 'naver') return 'down';
  return status === undefined && error !== undefined ? 'unknown' : 'up';
}
