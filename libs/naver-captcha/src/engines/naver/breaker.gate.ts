import { CaptchaUnavailableException } from '../../errors.js';
import type { Awaitable, CaptchaClock, NaverCall } from '../../types.js';
import type { CallGate, NaverCallResult } from './call-gate.js';
import type { Circuit } from './circuit.js';

/** Told by the breaker when its state changes. */
export type BreakerListener = (
  operation: NaverCall['operation'],
  state: 'open' | 'half-open' | 'closed',
) => void;

/** Where an outage goes on, calls end here at once instead of at their deadline; one circuit a kind of call. */
export class BreakerGate implements CallGate {
  readonly #circuits = new Map<NaverCall['operation'], Circuit>();

  constructor(
    private readonly clock: CaptchaClock,
    private readonly tell: BreakerListener,
  ) {}

  refusalOf({ operation }: NaverCall): CaptchaUnavailableException | undefined {
    return this.#circuits.get(operation)?.refusal();
  }

  before(call: NaverCall): Awaitable<void> {
    const circuit = this.#circuits.get(call.operation);
    return circuit === undefined ? this.#make(call).then((made) => made.enter(call)) : circuit.enter(call);
  }

  after(call: NaverCall, { error, status }: NaverCallResult): void {
    const circuit = this.#circuits.get(call.operation);
    circuit?.leave(
      call,
      isOutage(error, status) ? error : undefined,
      status === undefined ? error : undefined,
    );
  }

  /** Loaded with the first call: an application starts without what makes circuits. */
  async #make({ operation }: NaverCall): Promise<Circuit> {
    const { Circuit } = await import('./circuit.js');
    // Whoever called at the same time may have made it meanwhile.
    let circuit = this.#circuits.get(operation);
    if (circuit === undefined) {
      circuit = new Circuit(this.clock, (state) => {
        this.tell(operation, state);
      });
      this.#circuits.set(operation, circuit);
    }
    return circuit;
  }
}

/** A 4xx is an answer: whoever causes those must not be able to close the site's forms. */
function isOutage(
  error: Error | undefined,
  status: number | undefined,
): error is CaptchaUnavailableException {
  if (!(error instanceof CaptchaUnavailableException) || error.origin !== 'naver') return false;
  return status === undefined || status < 400 || status >= 500;
}
