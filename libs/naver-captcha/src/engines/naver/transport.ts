import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Agent } from 'undici';

import { CAPTCHA_OPTIONS } from '../../tokens.js';
import type { ResolvedCaptchaOptions } from '../../types.js';
import { Exchange, type RawReply, TransportError } from './exchange.js';

/** More would only lengthen the queue: the last requests in it would reach their deadline anyway. */
const MAX_WAITING = 256;

/** One request, ready to be sent. */
export interface TransportRequest {
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The sockets to NAVER: kept alive, with a bounded queue and bounded bodies. Returns redirects as they are, because
 * following one would send the client secret to another server.
 */
@Injectable()
export class NaverTransport implements OnApplicationShutdown {
  #agent: Agent | undefined;
  #opening: Promise<Agent> | undefined;
  #inFlight = 0;
  #isClosed = false;

  constructor(@Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions) {}

  /**
   * Sends a request. `begun` receives the exchange when it begins, so that the caller can let it expire.
   * @throws TransportError, or the error of the operating system or of undici
   */
  get(request: TransportRequest, begun: (exchange: Exchange) => void): Promise<RawReply> {
    if (this.#agent !== undefined) return this.#exchange(this.#agent, request, begun);
    return this.#open().then((agent) => this.#exchange(agent, request, begun));
  }

  #exchange(agent: Agent, request: TransportRequest, begun: (exchange: Exchange) => void): Promise<RawReply> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) throw new TransportError('CLOSED');
      if (this.#inFlight >= this.options.maxSockets + MAX_WAITING) {
        throw new TransportError('TOO_MANY_WAITING');
      }
      const over = (): void => {
        this.#inFlight -= 1;
      };
      const exchange = new Exchange({ resolve, reject, over }, this.#inFlight >= this.options.maxSockets);
      this.#inFlight += 1;
      begun(exchange);
      agent.dispatch({ ...request, method: 'GET' }, exchange);
    });
  }

  /** Not in onModuleDestroy: Nest calls that while it still serves requests, and those still need NAVER. */
  async onApplicationShutdown(): Promise<void> {
    this.#isClosed = true;
    // Waits for calls in flight, which end at their deadline, so that a deployment fails no visitor's captcha.
    await (await this.#opening)?.close();
  }

  /** Imports undici with the first call, because undici would be most of what this module adds to the start. */
  async #open(): Promise<Agent> {
    this.#opening ??= import('undici').then(
      ({ Agent }) =>
        // Calls have their own deadline, so undici's timeouts are off. Only connecting has one here: it goes on after
        // the call that began it has expired, and would otherwise hold its place among the sockets for good.
        new Agent({
          connections: this.options.maxSockets,
          pipelining: 1,
          headersTimeout: 0,
          bodyTimeout: 0,
          connect: { timeout: this.options.timeoutMs },
        }),
    );
    this.#agent = await this.#opening;
    return this.#agent;
  }
}
