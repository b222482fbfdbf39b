import type { ServerResponse } from 'node:http';
import type { Core } from '../core/core.js';

const heartbeatMs = 15_000;
const shown = 100;
// A page that stopped reading must not fill the memory.
const mostWaitingBytes = 4_194_304;

/** Server-sent events: first everything there is, then every change. */
export function streamEvents(core: Core, res: ServerResponse): void {
  res.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store' });
  const send = (type: string, data: unknown): void => {
    if (res.writableLength > mostWaitingBytes) res.destroy();
    else res.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const sendAll = (): void => {
    send('snapshot', {
      now: core.settings.now(),
      keys: core.keys(shown),
      requests: core.log.latest(shown),
      faults: core.faults.list(),
    });
  };
  const unsubscribe = core.feed.subscribe(({ type, data }) => {
    if (type === 'reset') sendAll();
    else send(type, data);
  });
  const heartbeat = setInterval(() => res.write(':\n\n'), heartbeatMs);
  res.once('close', () => {
    clearInterval(heartbeat);
    unsubscribe();
  });
  sendAll();
}
