import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Agent } from 'undici';

import { CAPTCHA_OPTIONS } from '../../tokens.js';
import type { ResolvedCaptchaOptions } from '../../types.js';
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
  #agent: Agent | undefined;
  #opening: Promise<Agent> | undefined;
  #inFlight = 0;
  #isClosed = false;

  constructor(@Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions) {}

  /**
   * Sends a request, and hands out the exchange at its beginning, to be expired when its time is over.
   * @throws TransportError, the system's or undici's error
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

  /** Not onModuleDestroy: Nest calls that while requests are served still, and for those NAVER would be down. */
  async onApplicationShutdown(): Promise<void> {
    this.#isClosed = true;
    // Calls under way come to their end, which their deadline bounds: a deployment must not cost people their captcha.
    await (await this.#opening)?.close();
  }

  /** Loaded with the first call: undici alone would make up most of what this module adds to the start. */
  async #open(): Promise<Agent> {
    this.#opening ??= import('undici').then(
      ({ Agent }) =>
        // The deadline of the call is the one deadline; undici's own would only add surprises beside it. Connecting is
        // given up apart: it does not end with the call that began it, and would hold its place for good.
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
