import {
  type Challenge,
  ChallengeRefused,
  type ChallengeSource,
  requestChallenge,
} from './challenge-client.js';

const REQUEST_TIMEOUT_MS = 15_000;

export interface ChallengeReports {
  show(challenge: Challenge): void;
  /** `refusal`: undefined if the server, or the picture, could not be reached. */
  fail(refusal?: ChallengeRefused): void;
  expire(key: string): void;
}

/** The challenge of an element: none, loading, failed, or shown until it expires. There is at most one at a time. */
export class ChallengeState {
  readonly #reports: ChallengeReports;
  #challenge: Challenge | undefined;
  #request: AbortController | undefined;
  #failed = false;
  #expiryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(reports: ChallengeReports) {
    this.#reports = reports;
  }

  /** Returns undefined if there is no challenge to answer. Compares the clock too, because timers stop while a phone sleeps. */
  current(): Challenge | undefined {
    const challenge = this.#challenge;
    if (challenge && Date.now() >= challenge.expiresAt) {
      // The next action of the visitor requests a new challenge: a page left open must not use up the quota.
      this.reset();
      this.#reports.expire(challenge.key);
    }
    return this.#challenge;
  }

  get isLoading(): boolean {
    return !!this.#request;
  }

  /** False after a failure too: only a button tries again, or every key the visitor types would make a request. */
  get isIdle(): boolean {
    return !this.current() && !this.#request && !this.#failed;
  }

  /** Replaces whatever is shown or loading; a reply that arrives after a newer request is dropped. */
  async load(source: ChallengeSource): Promise<void> {
    this.reset();
    const request = (this.#request = new AbortController());
    setTimeout(() => {
      request.abort();
    }, REQUEST_TIMEOUT_MS);
    let challenge: Challenge | undefined;
    let refusal: ChallengeRefused | undefined;
    try {
      challenge = await requestChallenge(source, request.signal);
    } catch (error) {
      if (error instanceof ChallengeRefused) refusal = error;
    }
    if (request !== this.#request) return;
    this.#request = undefined;
    this.#challenge = challenge;
    this.#failed = !challenge;
    this.resume();
    if (challenge) this.#reports.show(challenge);
    else this.#reports.fail(refusal);
  }

  reset(): void {
    this.#request?.abort();
    this.#request = this.#challenge = undefined;
    this.#failed = false;
  }

  resume(): void {
    this.suspend();
    if (!this.#challenge) return;
    this.#expiryTimer = setTimeout(() => this.current(), this.#challenge.expiresAt - Date.now());
  }

  suspend(): void {
    clearTimeout(this.#expiryTimer);
  }
}
