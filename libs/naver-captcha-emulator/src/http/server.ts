import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Core } from '../core/core.js';
import { answerNaver } from './answer-naver.js';
import { BadClients, rawReply } from './bad-client.js';
import { answerControl, isControl } from './control.js';
import { sendReply } from './send.js';
import { wireReply } from './wire-reply.js';

/** An HTTP server, not yet listening. */
export function makeServer(core: Core): Server {
  const badClients = new BadClients();
  const server = createServer(
    {
      // Longer than any real call; what is longer gets a 431.
      maxHeaderSize: 16_384,
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      // Clients keep connections for reuse. One that we closed a moment ago would look like an outage.
      keepAliveTimeout: 65_000,
    },
    (req, res) => {
      badClients.goodRequest(req.socket, res);
      // A client that hangs up is no error of ours.
      res.on('error', () => undefined);
      answer(core, req, res).catch(() => {
        fail(res);
      });
    },
  );
  server.on('clientError', (error, socket) => {
    badClients.dismiss(error, socket);
  });
  // CONNECT has an event of its own; without this the connection would be cut without a word.
  server.on('connect', (_req, socket) => {
    socket.on('error', () => undefined);
    socket.end(rawReply('405 Method Not Allowed'));
  });
  return server;
}

function answer(core: Core, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (isControl(req.url ?? '')) return answerControl(core, req, res);
  return answerNaver(core, req, res);
}

function fail(res: ServerResponse): void {
  if (res.headersSent) res.destroy();
  else sendReply(res, wireReply(500, 'text/plain; charset=utf-8', 'The emulator itself failed at this.\n'));
}
