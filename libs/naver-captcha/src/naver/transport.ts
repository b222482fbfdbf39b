import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import axios, { type AxiosAdapter, type InternalAxiosRequestConfig } from 'axios';
import { Agent, type Dispatcher } from 'undici';

/** Enough for a site in a rush: at 50 ms a call, 64 sockets carry 1,280 calls a second. */
const MAX_SOCKETS = 64;
/** Beyond this a queue only grows: whoever waits would run into the deadline anyway. */
const MAX_WAITING = 256;
/** NAVER's pictures are about 5 KB and its sounds about 80 KB. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Thrown before anything was sent: all sockets are busy and the queue is full. */
export class TooManyWaitingError extends Error {
  readonly code = 'TOO_MANY_WAITING';
}

/** Thrown when a reply is larger than any picture or sound can be. */
export class ReplyTooLargeError extends Error {
  readonly code = 'REPLY_TOO_LARGE';
}

/**
 * What is behind `HttpService`'s door: kept-alive sockets, a bounded queue, a bounded body. Redirects come back as
 * they are: following one would carry the secret elsewhere.
 */
@Injectable()
export class NaverTransport implements OnApplicationShutdown {
  // The caller's signal is the one deadline; undici's own would only add surprises beside it.
  readonly #agent = new Agent({
    connections: MAX_SOCKETS,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: 0 },
  });
  #inFlight = 0;
  readonly #queued = new WeakSet<object>();

  /** An axios adapter: interceptors and mocks of `HttpService` work in front of it as ever. */
  readonly adapter: AxiosAdapter = async (config) => {
    if (this.#inFlight >= MAX_SOCKETS + MAX_WAITING) {
      throw new TooManyWaitingError(`${MAX_WAITING} calls wait for a socket already`);
    }
    if (this.#inFlight >= MAX_SOCKETS && config.signal !== undefined) this.#queued.add(config.signal);
    this.#inFlight += 1;
    try {
      const reply = await this.#send(config);
      return {
        status: reply.statusCode,
        statusText: '',
        headers: {},
        data: await readBounded(reply.body),
        config,
      };
    } finally {
      this.#inFlight -= 1;
    }
  };

  /** Whether a call with this signal had to wait for a socket: its time was eaten by other calls of ours. */
  wasQueued(signal: AbortSignal): boolean {
    return this.#queued.has(signal);
  }

  /** Not onModuleDestroy: Nest calls that while requests are served still, and for those NAVER would be down. */
  async onApplicationShutdown(): Promise<void> {
    // Calls under way come to their end, which their deadline bounds: a deployment must not cost people their captcha.
    await this.#agent.close();
  }

  async #send(config: InternalAxiosRequestConfig): Promise<Dispatcher.ResponseData> {
    const url = new URL(axios.getUri(config));
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(config.headers.toJSON())) {
      if (typeof value === 'string' && !isDefault(name, value)) headers[name] = value;
    }
    return this.#agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'GET',
      headers,
      signal: config.signal instanceof AbortSignal ? config.signal : null,
    });
  }
}

/**
 * The plain HttpModule hands out the process-wide axios: a token somebody made a default of it is not NAVER's business.
 */
function isDefault(name: string, value: string): boolean {
  const { common, get } = axios.defaults.headers;
  return common[name] === value || get[name] === value;
}

async function readBounded(body: Dispatcher.ResponseData['body']): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const stream: AsyncIterable<unknown> = body;
  let length = 0;
  // Leaving the loop early destroys the body, and with it the socket that would go on sending.
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) continue;
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new ReplyTooLargeError(`more than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
