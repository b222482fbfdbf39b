import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request as it came over the wire. */
export interface ReplayedRequest {
  readonly method: string;
  /** Path and query, undecoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** What goes over the wire: a literal reply, or whatever a function does to the response and its socket. */
export type Replay =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
      readonly chunked?: boolean;
    }
  | ((response: ServerResponse, socket: Socket) => void);

/** An HTTP server without captcha logic: it sends the replies a test gives it, and counts requests. */
export class ReplayServer implements AsyncDisposable {
  readonly requests: ReplayedRequest[] = [];
  /** How many sockets were ever opened, and how many at most at one time. */
  opened = 0;
  mostOpen = 0;

  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #watchers = new Set<() => void>();
  #replays: readonly Replay[] = [];

  private constructor() {
    // The client decides how long an idle socket lives.
    this.#server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      const path = request.url ?? '';
      this.requests.push({
        method: request.method ?? '',
        path,
        query: new URL(path, 'http://localhost').searchParams,
        headers: request.headers,
      });
      const [next = { status: 599 }, ...others] = this.#replays;
      if (others.length > 0) this.#replays = others;
      if (typeof next === 'function') next(response, request.socket);
      else send(response, next);
      this.#look();
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      this.opened += 1;
      this.mostOpen = Math.max(this.mostOpen, this.#sockets.size);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        this.#look();
      });
    });
  }

  static async start(...replays: readonly Replay[]): Promise<ReplayServer> {
    const replay = new ReplayServer();
    replay.#replays = replays;
    await new Promise<void>((resolve) => replay.#server.listen(0, '127.0.0.1', resolve));
    return replay;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get open(): number {
    return this.#sockets.size;
  }

  /** What is said from now on, one after the other; the last is said for ever. */
  say(...replays: readonly Replay[]): void {
    this.#replays = replays;
  }

  /** Closes every socket, politely; for when no reply is under way. */
  closeUnused(): void {
    for (const socket of this.#sockets) socket.end();
  }

  /** The requests since the last time this was asked. */
  take(): ReplayedRequest[] {
    return this.requests.splice(0);
  }

  /** Resolves once this holds; looked at whenever a request comes or a socket closes. */
  async until(holds: (server: this) => boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      const watcher = (): void => {
        if (!holds(this)) return;
        this.#watchers.delete(watcher);
        resolve();
      };
      this.#watchers.add(watcher);
      watcher();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #look(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

function send(response: ServerResponse, reply: Exclude<Replay, (...args: never[]) => void>): void {
  const { status = 200, headers = {}, body = '', chunked = false } = reply;
  response.writeHead(status, headers);
  if (!chunked) {
    response.end(body);
    return;
  }
  const middle = Math.floor(body.length / 2);
  response.write(body.slice(0, middle));
  response.end(body.slice(middle));
}

/** A reply of JSON, labelled as NAVER labels it. */
export function json(body: unknown, status = 200): Replay {
  return {
    status,
    headers: { 'content-type': 'application/json;charset=UTF-8' },
    body: JSON.stringify(body),
  };
}

/** The start of a real picture, and filler. */
export const JPEG = Buffer.concat([
  Buffer.from('ffd8ffe000104a46494600010101004800480000', 'hex'),
  Buffer.alloc(64, 7),
]);

/** The start of a real sound, and filler. */
export const WAV = Buffer.concat([
  Buffer.from('RIFF', 'latin1'),
  Buffer.of(0x68, 0, 0, 0),
  Buffer.from('WAVEfmt ', 'latin1'),
  Buffer.alloc(64, 1),
]);
