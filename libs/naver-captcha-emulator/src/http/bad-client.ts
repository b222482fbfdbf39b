import type { Duplex } from 'node:stream';

const patienceMs = 1000;

/**
 * Answers what is no HTTP at all, or too long to be taken in, and lets go of the connection. What still comes is read
 * and dropped for a moment: closing at once would reset the connection, and the caller would never see the reply.
 */
export class BadClients {
  readonly #dismissed = new WeakSet<Duplex>();

  dismiss(error: Error & { code?: string }, socket: Duplex): void {
    if (this.#dismissed.has(socket)) return;
    this.#dismissed.add(socket);
    socket.on('error', () => {
      socket.destroy();
    });
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    const status = statusOf(error.code);
    socket.end(
      `HTTP/1.1 ${status}\r\nConnection: close\r\nCache-Control: no-store\r\nContent-Length: 0\r\n\r\n`,
    );
    socket.resume();
    const timer = setTimeout(() => socket.destroy(), patienceMs);
    timer.unref();
    socket.once('close', () => {
      clearTimeout(timer);
    });
  }
}

function statusOf(code: string | undefined): string {
  if (code === 'HPE_HEADER_OVERFLOW') return '431 Request Header Fields Too Large';
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return '408 Request Timeout';
  return '400 Bad Request';
}
