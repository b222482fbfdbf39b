import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { EmulatorCore } from '../core/emulator-core.js';
import type { EmulatorPlatform } from '../protocol/call.js';
import { callOf, endpoints, platformOfPath } from '../protocol/endpoints.js';
import { methodNotAllowed, notHttp, type TextReply } from '../protocol/replies.js';
import type { LoggedRequest } from '../store/request-log.js';
import { parseQuery, splitTarget } from './read-request.js';
import { redact, redactTarget } from './redact.js';
import { readRefusedBytes, remedies, type ParserError } from './refused-bytes.js';

const lingerMs = 1000;

/**
 * Answers connections whose bytes are not a valid HTTP request, or too long, logs them and closes them. It reads and drops further
 * bytes for a moment: closing at once would reset the connection, and the caller would not see the reply.
 */
export class ClientErrors {
  readonly #core: EmulatorCore;
  readonly #refused = new WeakSet<Duplex>();
  readonly #unanswered = new WeakMap<Duplex, Set<ServerResponse>>();

  constructor(core: EmulatorCore) {
    this.#core = core;
  }

  /** Valid requests that came earlier on the same connection are answered first. */
  trackRequest(socket: Duplex, res: ServerResponse): void {
    const waiting = this.#unanswered.get(socket) ?? new Set();
    this.#unanswered.set(socket, waiting.add(res));
    res.once('close', () => waiting.delete(res));
  }

  refuse(error: ParserError, socket: Duplex): void {
    if (this.#refused.has(socket)) return;
    this.#refused.add(socket);
    socket.on('error', () => {
      socket.destroy();
    });
    const answer = this.#answerTo(error, socket);
    const last = [...(this.#unanswered.get(socket) ?? [])].at(-1);
    if (last === undefined) answer();
    else last.once('close', answer);
  }

  /** Node passes CONNECT on as a connection without a response object. */
  refuseConnect({ method = '', url = '' }: IncomingMessage, socket: Duplex): void {
    socket.on('error', () => undefined);
    this.#endWith(socket, methodNotAllowed('developers'), this.#log(method, url));
  }

  #answerTo(error: ParserError, socket: Duplex): () => void {
    const refused = readRefusedBytes(error);
    if (refused === undefined) {
      const status = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
      return () => {
        end(socket, rawReply({ status, contentType: 'text/plain', body: '' }));
      };
    }
    const request = this.#log(refused.method, refused.target);
    request.problem = refused.problem;
    const platform = this.#noteCall(request, refused.target);
    return () => {
      this.#endWith(socket, notHttp(platform, refused.status, remedies[refused.problem]), request);
    };
  }

  #log(method: string, target: string): LoggedRequest {
    const { now, clientSecret } = this.#core.settings;
    return this.#core.log.add({ at: now(), method, path: redactTarget(target, clientSecret) });
  }

  #noteCall(request: LoggedRequest, target: string): EmulatorPlatform {
    const { path, query } = splitTarget(target);
    const endpoint = endpoints.get(path);
    if (endpoint === undefined) return platformOfPath(path);
    const parameters = parseQuery(query);
    const key = parameters?.get('key');
    request.platform = endpoint.platform;
    request.kind = endpoint.kind;
    request.call = parameters && callOf(endpoint, parameters.get('code'));
    request.naverKey = key && redact(key.slice(0, 64), this.#core.settings.clientSecret);
    return endpoint.platform;
  }

  #endWith(socket: Duplex, reply: TextReply, request: LoggedRequest): void {
    const startedAt = performance.now();
    if (socket.writable) request.status = reply.status;
    end(socket, rawReply(reply), () => {
      request.durationMs = Math.round((performance.now() - startedAt) * 100) / 100;
      this.#core.finished(request, undefined);
    });
  }
}

function end(socket: Duplex, bytes: string, sent: () => void = () => undefined): void {
  if (!socket.writable) {
    socket.destroy();
    sent();
    return;
  }
  socket.end(bytes, sent);
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  timer.unref();
  socket.once('close', () => {
    clearTimeout(timer);
  });
}

/** The bytes of a reply, for a connection on which Node has no response object. */
const rawReply = ({ status, contentType, body }: TextReply): string =>
  [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Cache-Control: no-store',
    `Content-Type: ${contentType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
