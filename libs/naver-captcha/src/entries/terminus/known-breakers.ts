import { CaptchaUnavailableException } from '../../errors.js';
import type { BreakerEvent } from '../../events.js';
import type { NaverCaptchaClient } from '../../engines/naver/naver-captcha.client.js';
import { CAPTCHA_KINDS, type NaverCall } from '../../types.js';

/** The breaker of each kind of call, as its events and the client tell. */
export class KnownBreakers {
  readonly #told = new Map<NaverCall['operation'], BreakerEvent['state']>();

  constructor(private readonly client: NaverCaptchaClient) {}

  note({ operation, state }: BreakerEvent): void {
    this.#told.set(operation, state);
  }

  /**
   * An open breaker whose pause is over lets the next call try, so it is half-open already. Were it told to be open
   * until then, an instance taken out of service for it would wait for ever for a call that nobody sends.
   */
  of(operation: NaverCall['operation']): BreakerEvent['state'] {
    const told = this.#told.get(operation) ?? 'closed';
    return told === 'open' && !this.#refuses(operation) ? 'half-open' : told;
  }

  /** A breaker counts both kinds; a used-up quota, which one kind may have, is told first. */
  #refuses(operation: NaverCall['operation']): boolean {
    return CAPTCHA_KINDS.some(
      (kind) => this.client.refusalOf(operation, kind) instanceof CaptchaUnavailableException,
    );
  }
}
