// Sends requests over kept-alive connections, one at a time on each, and tells how long they took.
import { answer } from '../support/ipc.mjs';
import { percentile } from '../support/statistics.mjs';
import { Connection } from './connection.mjs';
import { untilPicture } from './picture.mjs';

let prepared;

/** One byte string a request, so that nothing is left to do while it is measured. */
function requestsOf(url, { method = 'POST', path, bodies }) {
  return bodies.map((body) =>
    Buffer.from(
      `${method} ${path} HTTP/1.1\r\nHost: ${url.host}\r\n` +
        (method === 'GET' ? '' : 'Content-Type: application/json\r\n') +
        `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    ),
  );
}

answer({
  /** `bodies` is one for each request, or a few that are sent in turn, `count` in all; `urls` share the connections. */
  prepare: async ({ urls, connections, count, ...rest }) => {
    const targets = urls.map((text) => new URL(text));
    prepared = {
      count,
      requests: requestsOf(targets[0], rest),
      connections: await Promise.all(
        Array.from({ length: connections }, (_, i) => Connection.open(targets[i % targets.length])),
      ),
    };
  },
  go: async () => {
    const { connections, requests, count } = prepared;
    const times = new Float64Array(count);
    const statuses = {};
    let next = 0;
    const begun = performance.now();
    const finish = await Promise.all(
      connections.map(async (connection) => {
        while (next < count) {
          const mine = next;
          next += 1;
          const sent = performance.now();
          const status = await connection.send(requests[mine % requests.length]);
          times[mine] = performance.now() - sent;
          statuses[status] = (statuses[status] ?? 0) + 1;
        }
        return performance.now();
      }),
    );
    const durationMs = Math.max(...finish) - begun;
    for (const connection of connections) connection.close();
    times.sort();
    return {
      durationMs,
      statuses,
      p50: percentile(times, 0.5),
      p99: percentile(times, 0.99),
      max: times.at(-1),
    };
  },
  picture: untilPicture,
});
