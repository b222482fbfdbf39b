import { CaptchaUnavailableException } from '../../errors.js';
import type { BreakerEvent } from '../../events.js';
import type { NaverCaptchaClient } from '../../engines/naver/naver-captcha.client.js';
import { MEDIA_KINDS, type NaverCall } from '../../types.js';

/** The state of the breaker of each operation, from its events and from the client. */
export class KnownBreakers {
  readonly #noted = new Map<NaverCall['operation'], BreakerEvent['state']>();

  constructor(private readonly client: NaverCaptchaClient) {}

  note({ operation, state }: BreakerEvent): void {
    this.#noted.set(operation, state);
  }

  /**
   * An open breaker whose pause is over lets the next call through, so it counts as half-open. If it were reported as
   * open until that call, an instance taken out of service for it would get no call and would stay out of service.
   */
  of(operation: NaverCall['operation']): BreakerEvent['state'] {
    const noted = this.#noted.get(operation) ?? 'closed';
    return noted === 'open' && !this.#refuses(operation) ? 'half-open' : noted;
  }

  /** Checks both kinds, which share a breaker: for a kind without quota the client reports the quota instead. */
  #refuses(operation: NaverCall['operation']): boolean {
    return MEDIA_KINDS.some(
      (kind) => this.client.refusalOf(operation, kind) instanceof CaptchaUnavailableException,
    );
  }
}
