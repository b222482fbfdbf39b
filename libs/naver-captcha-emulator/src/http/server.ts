import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { EmulatorCore } from '../core/emulator-core.js';
import { answerControl, isControl } from './answer-control.js';
import { answerNaver } from './answer-naver.js';
import { ClientErrors } from './client-errors.js';
import { sendReply, wireReply } from './wire-reply.js';

/** Makes the HTTP server; the caller makes it listen. */
export function makeServer(core: EmulatorCore): Server {
  const clientErrors = new ClientErrors(core);
  const server = createServer(
    {
      // Longer than the headers of any real call; longer headers get a 431.
      maxHeaderSize: 16_384,
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      // Clients reuse connections. Closing an idle connection just before its reuse would look like an outage.
      keepAliveTimeout: 65_000,
    },
    (req, res) => {
      clientErrors.trackRequest(req.socket, res);
      // A client that closes the connection is not an error of the emulator.
      res.on('error', () => undefined);
      answer(core, req, res).catch(() => {
        fail(res);
      });
    },
  );
  server.on('clientError', (error, socket) => {
    clientErrors.refuse(error, socket);
  });
  // Node emits CONNECT as a separate event; without a listener it closes the connection without a reply.
  server.on('connect', (req, socket) => {
    clientErrors.refuseConnect(req, socket);
  });
  return server;
}

function answer(core: EmulatorCore, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (isControl(req.url ?? '')) return answerControl(core, req, res);
  return answerNaver(core, req, res);
}

function fail(res: ServerResponse): void {
  if (res.headersSent) res.destroy();
  else
    sendReply(
      res,
      wireReply(
        500,
        'text/plain; charset=utf-8',
        'The emulator failed to answer this request. This is a bug of the emulator.\n',
      ),
    );
}
