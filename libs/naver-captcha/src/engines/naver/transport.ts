import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Dispatcher } from 'undici';

import { spanClock } from '../../span-clock.js';
import { CAPTCHA_CLOCK, CAPTCHA_OPTIONS } from '../../tokens.js';
import type { CaptchaClock, ResolvedCaptchaOptions } from '../../types.js';
import { Exchange, type RawReply, TransportError } from './exchange.js';
import { openSockets } from './sockets.js';

/** More would only lengthen the queue: the last requests in it would reach their deadline anyway. */
const MAX_WAITING = 256;
/**
 * How long no socket is used twice after the other side closed one: it then closes unused sockets sooner than this side
 * does. A comparison that meets such a close gets no reply, and must not be sent again, since NAVER may have seen it.
 */
const NO_REUSE_MS = 60_000;

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
  readonly #spanMs: () => number;
  #sockets: Dispatcher | undefined;
  #opening: Promise<Dispatcher> | undefined;
  #reusesFrom = -Infinity;
  #inFlight = 0;
  #isClosed = false;

  constructor(
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
    @Inject(CAPTCHA_CLOCK) clock: CaptchaClock,
  ) {
    this.#spanMs = spanClock(clock);
    // With a standby the first challenge must not wait for undici to load. A failure is reported by the first call.
    if (options.engines.length > 1) this.#open().catch(() => undefined);
  }

  /**
   * Sends a request. `begun` receives the exchange when it begins, so that the caller can let it expire.
   * @throws TransportError, or the error of the operating system or of undici
   */
  get(request: TransportRequest, begun: (exchange: Exchange) => void): Promise<RawReply> {
    if (this.#sockets !== undefined) return this.#exchange(this.#sockets, request, begun);
    return this.#open().then((sockets) => this.#exchange(sockets, request, begun));
  }

  #exchange(
    sockets: Dispatcher,
    request: TransportRequest,
    begun: (exchange: Exchange) => void,
  ): Promise<RawReply> {
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
      sockets.dispatch(
        {
          ...request,
          // A copy, because undici adds `host` to it on the way through a forward proxy.
          headers: { ...request.headers },
          method: 'GET',
          reset: this.#reusesFrom > this.#spanMs(),
        },
        exchange,
      );
    });
  }

  /** Not in onModuleDestroy: Nest calls that while it still serves requests, and those still need NAVER. */
  async onApplicationShutdown(): Promise<void> {
    this.#isClosed = true;
    // Waits for calls in flight, which end at their deadline, so that a deployment fails no visitor's captcha.
    await (await this.#opening)?.close();
  }

  async #open(): Promise<Dispatcher> {
    const { maxSockets, timeoutMs, proxy } = this.options;
    const closedByPeer = (): void => {
      this.#reusesFrom = this.#spanMs() + NO_REUSE_MS;
    };
    this.#opening ??= openSockets({ maxSockets, timeoutMs, proxy, closedByPeer });
    this.#sockets = await this.#opening;
    return this.#sockets;
  }
}
