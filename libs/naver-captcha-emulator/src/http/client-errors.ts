import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

const lingerMs = 1000;

/**
 * Answers connections whose bytes are not valid HTTP, or too long, and closes them. It reads and drops further bytes
 * for a moment: closing at once would reset the connection, and the caller would not see the reply.
 */
export class ClientErrors {
  readonly #refused = new WeakSet<Duplex>();
  readonly #unanswered = new WeakMap<Duplex, Set<ServerResponse>>();

  /** Valid requests that came earlier on the same connection are answered first. */
  trackRequest(socket: Duplex, res: ServerResponse): void {
    const waiting = this.#unanswered.get(socket) ?? new Set();
    this.#unanswered.set(socket, waiting.add(res));
    res.once('close', () => waiting.delete(res));
  }

  refuse(error: Error & { code?: string }, socket: Duplex): void {
    if (this.#refused.has(socket)) return;
    this.#refused.add(socket);
    socket.on('error', () => {
      socket.destroy();
    });
    const last = [...(this.#unanswered.get(socket) ?? [])].at(-1);
    if (last === undefined) endWith(socket, statusOf(error.code));
    else {
      last.once('close', () => {
        endWith(socket, statusOf(error.code));
      });
    }
  }
}

function endWith(socket: Duplex, status: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(rawReply(status));
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  timer.unref();
  socket.once('close', () => {
    clearTimeout(timer);
  });
}

/** The bytes of a reply, for a connection on which Node has no response object. */
export const rawReply = (status: string): string =>
  `HTTP/1.1 ${status}\r\nConnection: close\r\nCache-Control: no-store\r\nContent-Length: 0\r\n\r\n`;

function statusOf(code: string | undefined): string {
  if (code === 'HPE_HEADER_OVERFLOW') return '431 Request Header Fields Too Large';
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return '408 Request Timeout';
  return '400 Bad Request';
}
