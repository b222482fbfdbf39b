import type { Challenge, ChallengeSource, Refusal } from './challenge.js';
import { requestChallenge } from './challenge-client.js';

export interface ChallengeReports {
  show(challenge: Challenge): void;
  /** `refusal`: undefined if the server, or the picture, could not be reached. */
  fail(refusal?: Refusal): void;
  expire(challenge: Challenge): void;
}

/** The challenge of an element: none, loading, failed, or shown until it expires. There is at most one at a time. */
export class ChallengeState {
  readonly #reports: ChallengeReports;
  #challenge: Challenge | undefined;
  #request: AbortController | undefined;
  #failed = false;

  constructor(reports: ChallengeReports) {
    this.#reports = reports;
  }

  /** Returns undefined if there is no challenge to answer. Measures the time too, because timers stop while a phone sleeps. */
  current(): Challenge | undefined {
    const challenge = this.#challenge;
    // A timer can fire up to a millisecond early.
    if (challenge && challenge.remainingMs() < 1) {
      // The next action of the visitor requests a new challenge: a page left open must not use up the quota.
      this.reset();
      this.#reports.expire(challenge);
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
    const outcome = await requestChallenge(source, request).catch(() => undefined);
    if (request !== this.#request) return;
    this.#request = undefined;
    if (outcome && 'key' in outcome) {
      this.#challenge = outcome;
      // Runs without being cleared: it does nothing while a newer challenge has time left.
      setTimeout(() => this.current(), outcome.remainingMs());
      this.#reports.show(outcome);
    } else {
      this.#failed = true;
      this.#reports.fail(outcome);
    }
  }

  reset(): void {
    this.#request?.abort();
    this.#request = this.#challenge = undefined;
    this.#failed = false;
  }
}
