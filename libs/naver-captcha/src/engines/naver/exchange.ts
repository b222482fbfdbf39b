import type { Dispatcher } from 'undici';

import { TransportError } from './transport-error.js';

/** NAVER's pictures are about 5 KB and its sounds about 80 KB. */
const MAX_BODY_BYTES = 1024 * 1024;

/** A reply as it came over the wire. */
export interface RawReply {
  readonly status: number;
  readonly data: Buffer;
}

/** Who waits for an exchange. */
export interface ExchangeListener {
  resolve(reply: RawReply): void;
  reject(error: Error): void;
  /** The socket is free again; after `reject` that may take a while. */
  over(): void;
}

/**
 * One request and its reply, as undici tells of them. Undici's own `request()` makes a stream of each body, which costs
 * more than all the rest; these bodies are short, and read as a whole or not at all.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  // Undici keeps what is over for a while: all that hangs on this is let go as soon as it is.
  #chunks: Buffer[] = [];
  #listener: ExchangeListener | undefined;
  #length = 0;
  #status = 0;
  #controller: Dispatcher.DispatchController | undefined;
  #givenUp: TransportError | undefined;

  constructor(
    listener: ExchangeListener,
    /** Calls of our own held every socket when it began. */
    readonly isQueued: boolean,
  ) {
    this.#listener = listener;
  }

  /** The deadline has passed: whoever waits is told now, and the socket, should there be one, is let go. */
  expire(): void {
    this.#giveUp(new TransportError(this.isQueued ? 'TIMEOUT_IN_QUEUE' : 'TIMEOUT'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It waited for a socket, and nobody waits for it any more.
    if (this.#givenUp !== undefined) controller.abort(this.#givenUp);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#length > MAX_BODY_BYTES) this.#giveUp(new TransportError('REPLY_TOO_LARGE'));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first] = this.#chunks;
    const data = first?.length === this.#length ? first : Buffer.concat(this.#chunks, this.#length);
    this.#end()?.resolve({ status: this.#status, data });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#end()?.reject(this.#givenUp ?? error);
  }

  #giveUp(error: TransportError): void {
    this.#givenUp ??= error;
    this.#listener?.reject(error);
    this.#controller?.abort(error);
  }

  #end(): ExchangeListener | undefined {
    const listener = this.#listener;
    this.#listener = undefined;
    this.#controller = undefined;
    this.#chunks = [];
    listener?.over();
    return listener;
  }
}
