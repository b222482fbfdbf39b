import type { ServerResponse } from 'node:http';
import type { EmulatorCore } from '../core/emulator-core.js';

const heartbeatMs = 15_000;
/** Keys and requests in a snapshot. */
const snapshotLength = 100;
/** A page that stops reading is disconnected at this length, so that its events do not fill the memory. */
const mostUnreadBytes = 4_194_304;

/** Server-sent events: first a snapshot of keys, requests and faults, then each change. */
export function streamEvents(core: EmulatorCore, res: ServerResponse): void {
  res.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store' });
  const send = (type: string, data: unknown): void => {
    if (res.writableLength > mostUnreadBytes) res.destroy();
    else res.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const sendSnapshot = (): void => {
    send('snapshot', {
      now: core.settings.now(),
      keys: core.keys(snapshotLength),
      requests: core.log.latest(snapshotLength),
      faults: core.faults.list(),
    });
  };
  const unsubscribe = core.feed.subscribe(({ type, data }) => {
    if (type === 'reset') sendSnapshot();
    else send(type, data);
  });
  const heartbeat = setInterval(() => res.write(':\n\n'), heartbeatMs);
  res.once('close', () => {
    clearInterval(heartbeat);
    unsubscribe();
  });
  sendSnapshot();
}
