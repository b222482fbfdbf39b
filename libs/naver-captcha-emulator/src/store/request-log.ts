import type { EmulatorRequest } from '../handle/emulator-request.js';

type Open = 'kind' | 'platform' | 'call' | 'naverKey' | 'status' | 'durationMs' | 'fault';

/** A request in the log; what becomes of it is filled in while it is answered. */
export type LoggedRequest = Omit<EmulatorRequest, Open> & {
  -readonly [Field in Open]: EmulatorRequest[Field];
};

/** The latest requests, newest last. */
export class RequestLog {
  #requests: LoggedRequest[] = [];
  #nextId = 1;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  add(begun: Pick<EmulatorRequest, 'at' | 'method' | 'path'>): LoggedRequest {
    const request: LoggedRequest = {
      id: this.#nextId,
      ...begun,
      platform: undefined,
      kind: undefined,
      call: undefined,
      naverKey: undefined,
      status: undefined,
      durationMs: undefined,
      fault: undefined,
    };
    this.#nextId += 1;
    this.#requests.push(request);
    // Cut in batches: shifting an array at every request would cost its whole length each time.
    if (this.#requests.length > 2 * this.#most)
      this.#requests = this.#requests.slice(-this.#most || Infinity);
    return request;
  }

  latest(limit = this.#most): EmulatorRequest[] {
    const wanted = Math.min(limit, this.#most);
    return this.#requests.slice(Math.max(0, this.#requests.length - wanted)).map((one) => ({ ...one }));
  }

  reset(): void {
    this.#requests = [];
    this.#nextId = 1;
  }
}
