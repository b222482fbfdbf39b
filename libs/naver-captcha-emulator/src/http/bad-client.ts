import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

const patienceMs = 1000;

/**
 * Answers what is no HTTP at all, or too long to be taken in, and lets go of the connection. What still comes is read
 * and dropped for a moment: closing at once would reset the connection, and the caller would never see the reply.
 */
export class BadClients {
  readonly #dismissed = new WeakSet<Duplex>();
  readonly #unanswered = new WeakMap<Duplex, Set<ServerResponse>>();

  /** Good requests that came before the rubbish, down the same connection, are answered first. */
  goodRequest(socket: Duplex, res: ServerResponse): void {
    const waiting = this.#unanswered.get(socket) ?? new Set();
    this.#unanswered.set(socket, waiting.add(res));
    res.once('close', () => waiting.delete(res));
  }

  dismiss(error: Error & { code?: string }, socket: Duplex): void {
    if (this.#dismissed.has(socket)) return;
    this.#dismissed.add(socket);
    socket.on('error', () => {
      socket.destroy();
    });
    const last = [...(this.#unanswered.get(socket) ?? [])].at(-1);
    if (last === undefined) refuse(socket, statusOf(error.code));
    else {
      last.once('close', () => {
        refuse(socket, statusOf(error.code));
      });
    }
  }
}

function refuse(socket: Duplex, status: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(rawReply(status));
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), patienceMs);
  timer.unref();
  socket.once('close', () => {
    clearTimeout(timer);
  });
}

/** A reply for a connection that is no longer Node's to answer on. */
export const rawReply = (status: string): string =>
  `HTTP/1.1 ${status}\r\nConnection: close\r\nCache-Control: no-store\r\nContent-Length: 0\r\n\r\n`;

function statusOf(code: string | undefined): string {
  if (code === 'HPE_HEADER_OVERFLOW') return '431 Request Header Fields Too Large';
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return '408 Request Timeout';
  return '400 Bad Request';
}
