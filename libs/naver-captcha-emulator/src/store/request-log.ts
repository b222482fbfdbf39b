import type { EmulatorFaultName } from '../faults/fault.js';
import type { EmulatorCall, EmulatorKind, EmulatorPlatform } from '../protocol/call.js';

/**
 * Why bytes are not a valid HTTP request: a parameter that is not percent-encoded, TLS instead of plain HTTP, more than 16 KiB
 * of headers, or something else.
 */
export type EmulatorProblem = 'not-encoded' | 'tls' | 'headers-too-long' | 'malformed';

/** A request the emulator received. Requests of its own page and to `/__emulator/…` are not recorded. */
export interface EmulatorRequest {
  /** Counts up from 1. */
  readonly id: number;
  /** When the request arrived, in milliseconds of the emulator's clock. */
  readonly at: number;
  /** Undefined if the path is none of NAVER's. */
  readonly platform: EmulatorPlatform | undefined;
  /** Undefined if the path is none of NAVER's. */
  readonly kind: EmulatorKind | undefined;
  /** Undefined if path, method or `code` is none of NAVER's. */
  readonly call: EmulatorCall | undefined;
  /** `?` if the bytes hold no request line; `path` is empty then. */
  readonly method: string;
  /** Path and query, shortened if very long. Credentials are never in it. */
  readonly path: string;
  /** The `key` parameter, or the key that was issued. */
  readonly naverKey: string | undefined;
  /** Undefined until the reply begins; stays undefined if a fault left the request without a reply. */
  readonly status: number | undefined;
  /** Milliseconds of real time until the reply was sent or the connection closed; undefined until then. */
  readonly durationMs: number | undefined;
  /** The fault that hit the request. */
  readonly fault: EmulatorFaultName | undefined;
  /** Why the bytes were refused; undefined if they are a valid HTTP request. */
  readonly problem: EmulatorProblem | undefined;
}

type FilledLater = 'kind' | 'platform' | 'call' | 'naverKey' | 'status' | 'durationMs' | 'fault' | 'problem';

/** A request in the log. Some fields are filled in while the emulator answers it. */
export type LoggedRequest = Omit<EmulatorRequest, FilledLater> & {
  -readonly [Field in FilledLater]: EmulatorRequest[Field];
};

/** The latest requests, newest last. */
export class RequestLog {
  readonly #maxRequests: number;
  #requests: LoggedRequest[] = [];
  #nextId = 1;

  constructor(maxRequests: number) {
    this.#maxRequests = maxRequests;
  }

  add(arrived: Pick<EmulatorRequest, 'at' | 'method' | 'path'>): LoggedRequest {
    const request: LoggedRequest = {
      id: this.#nextId,
      ...arrived,
      platform: undefined,
      kind: undefined,
      call: undefined,
      naverKey: undefined,
      status: undefined,
      durationMs: undefined,
      fault: undefined,
      problem: undefined,
    };
    this.#nextId += 1;
    this.#requests.push(request);
    // Cuts in batches: shifting the array at every request would cost its whole length each time.
    if (this.#requests.length > 2 * this.#maxRequests)
      this.#requests = this.#requests.slice(-this.#maxRequests || Infinity);
    return request;
  }

  latest(limit = this.#maxRequests): EmulatorRequest[] {
    const wanted = Math.min(limit, this.#maxRequests);
    return this.#requests
      .slice(Math.max(0, this.#requests.length - wanted))
      .map((request) => ({ ...request }));
  }

  reset(): void {
    this.#requests = [];
    this.#nextId = 1;
  }
}
