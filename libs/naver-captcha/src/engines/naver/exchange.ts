import { brotliDecompress, unzip } from 'node:zlib';

import type { Dispatcher } from 'undici';

/** NAVER's pictures are about 5 KB and its sounds about 80 KB. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Why this side gave up a request. The operating system and undici have other codes. */
export type TransportFailure =
  | 'TOO_MANY_WAITING'
  | 'REPLY_TOO_LARGE'
  | 'TIMEOUT'
  /** The request began while other calls of this process held every socket, and timed out. */
  | 'TIMEOUT_IN_QUEUE'
  | 'CLOSED';

/** A request that this side gave up before the reply was complete. */
export class TransportError extends Error {
  constructor(readonly code: TransportFailure) {
    super(code);
  }
}

/** A reply as it arrived. */
export interface RawReply {
  readonly status: number;
  readonly data: Buffer;
}

/** Learns how an exchange ends. */
export interface ExchangeListener {
  resolve(reply: RawReply): void;
  reject(error: Error): void;
  /** The socket is free again, which can be some time after `reject`. */
  over(): void;
}

/**
 * One request and its reply, as undici reports them. Undici's own `request()` makes a stream for each body, which
 * costs more than everything else in a call; these bodies are short and are read as a whole.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  // Undici keeps finished handlers for a while, so #end drops what they refer to.
  #chunks: Buffer[] = [];
  #listener: ExchangeListener | undefined;
  #length = 0;
  #status = 0;
  #encoding: string | string[] | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #givenUp: TransportError | undefined;

  constructor(
    listener: ExchangeListener,
    /** Whether other calls of this process held every socket when it began. */
    readonly isQueued: boolean,
  ) {
    this.#listener = listener;
  }

  /** Gives the request up because the deadline has passed: rejects at once, and closes the socket if it has one. */
  expire(): void {
    this.#giveUp(new TransportError(this.isQueued ? 'TIMEOUT_IN_QUEUE' : 'TIMEOUT'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // The deadline passed while the request waited for a socket.
    if (this.#givenUp !== undefined) controller.abort(this.#givenUp);
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    { 'content-encoding': encoding }: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    this.#status = status;
    this.#encoding = encoding;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#length > MAX_BODY_BYTES) this.#giveUp(new TransportError('REPLY_TOO_LARGE'));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first] = this.#chunks;
    const data = first?.length === this.#length ? first : Buffer.concat(this.#chunks, this.#length);
    const listener = this.#end();
    // Requests ask for `identity`, but a proxy on the way may compress all the same.
    if (this.#encoding === undefined) listener?.resolve({ status: this.#status, data });
    else this.#inflate(data, listener);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#end()?.reject(this.#givenUp ?? error);
  }

  #inflate(data: Buffer, listener: ExchangeListener | undefined): void {
    const inflate = inflaterOf(this.#encoding);
    if (inflate === undefined) {
      listener?.resolve({ status: this.#status, data });
      return;
    }
    inflate(data, { maxOutputLength: MAX_BODY_BYTES }, (error, inflated) => {
      if (error === null) listener?.resolve({ status: this.#status, data: inflated });
      else listener?.reject(isTooLarge(error) ? new TransportError('REPLY_TOO_LARGE') : error);
    });
  }

  #giveUp(error: TransportError): void {
    this.#givenUp ??= error;
    this.#listener?.reject(error);
    this.#controller?.abort(error);
  }

  /** Returns undefined if the exchange has ended before. */
  #end(): ExchangeListener | undefined {
    const listener = this.#listener;
    this.#listener = undefined;
    this.#controller = undefined;
    this.#chunks = [];
    listener?.over();
    return listener;
  }
}

/** Returns undefined for an encoding that is none, or that is not known; such a body is then no JSON and no picture. */
function inflaterOf(encoding: unknown): typeof unzip | undefined {
  switch (typeof encoding === 'string' ? encoding.toLowerCase() : '') {
    case 'gzip':
    case 'x-gzip':
    case 'deflate':
      return unzip;
    case 'br':
      return brotliDecompress;
    default:
      return undefined;
  }
}

function isTooLarge(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ERR_BUFFER_TOO_LARGE';
}
