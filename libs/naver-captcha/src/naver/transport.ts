import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import axios, { type AxiosAdapter, type InternalAxiosRequestConfig } from 'axios';
import type { Agent } from 'undici';

import { CAPTCHA_OPTIONS } from '../tokens.js';
import type { ResolvedCaptchaOptions } from '../types.js';
import { Exchange, type RawReply } from './exchange.js';
import { TransportError } from './transport-error.js';

/** Beyond this a queue only grows: whoever waits would run into the deadline anyway. */
const MAX_WAITING = 256;

/** One request, ready to be sent. */
export interface TransportRequest {
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * What is behind `HttpService`'s door: kept-alive sockets, a bounded queue, a bounded body. Redirects come back as
 * they are: following one would carry the secret elsewhere.
 */
@Injectable()
export class NaverTransport implements OnApplicationShutdown {
  readonly #queued = new WeakSet<object>();
  #agent: Agent | undefined;
  #opening: Promise<Agent> | undefined;
  #inFlight = 0;
  #isClosed = false;

  constructor(@Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions) {}

  /** An axios adapter: interceptors and mocks of `HttpService` work in front of it as ever. */
  readonly adapter: AxiosAdapter = async (config) => {
    const { origin, pathname, search } = new URL(axios.getUri(config));
    const { signal } = config;
    const request = { origin, path: pathname + search, headers: ownHeaders(config) };
    const { status, data } = await this.get(request, (exchange) => {
      if (signal === undefined) return;
      if (exchange.isQueued) this.#queued.add(signal);
      const expire = (): void => {
        exchange.expire();
      };
      if (signal.aborted) expire();
      else signal.addEventListener?.('abort', expire);
    });
    return { status, statusText: '', headers: {}, data, config };
  };

  /** Whether a call with this signal had to wait for a socket: its time was eaten by other calls of ours. */
  wasQueued(signal: AbortSignal): boolean {
    return this.#queued.has(signal);
  }

  /**
   * Sends a request, and hands out the exchange at its beginning, to be expired when its time is over.
   * @throws TransportError, the system's or undici's error
   */
  async get(request: TransportRequest, begun: (exchange: Exchange) => void): Promise<RawReply> {
    const agent = this.#agent ?? (await this.#open());
    if (this.#inFlight >= this.options.maxSockets + MAX_WAITING) throw new TransportError('TOO_MANY_WAITING');
    return new Promise((resolve, reject) => {
      const over = (): void => {
        this.#inFlight -= 1;
      };
      const exchange = new Exchange({ resolve, reject, over }, this.#inFlight >= this.options.maxSockets);
      this.#inFlight += 1;
      begun(exchange);
      agent.dispatch({ ...request, method: 'GET' }, exchange);
    });
  }

  /** Not onModuleDestroy: Nest calls that while requests are served still, and for those NAVER would be down. */
  async onApplicationShutdown(): Promise<void> {
    this.#isClosed = true;
    // Calls under way come to their end, which their deadline bounds: a deployment must not cost people their captcha.
    await (await this.#opening)?.close();
  }

  /** Loaded with the first call: undici alone would make up most of what this module adds to the start. */
  async #open(): Promise<Agent> {
    if (this.#isClosed) throw new TransportError('CLOSED');
    this.#opening ??= import('undici').then(
      ({ Agent }) =>
        // The deadline of the call is the one deadline; undici's own would only add surprises beside it.
        new Agent({
          connections: this.options.maxSockets,
          pipelining: 1,
          headersTimeout: 0,
          bodyTimeout: 0,
          connect: { timeout: 0 },
        }),
    );
    this.#agent = await this.#opening;
    return this.#agent;
  }
}

/**
 * The plain HttpModule hands out the process-wide axios: a token somebody made a default of it is not NAVER's business.
 */
function ownHeaders({ headers }: InternalAxiosRequestConfig): Record<string, string> {
  const { common, get } = axios.defaults.headers;
  const own: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers.toJSON())) {
    if (typeof value === 'string' && common[name] !== value && get[name] !== value) own[name] = value;
  }
  return own;
}
