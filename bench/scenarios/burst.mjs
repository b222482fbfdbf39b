import { contest } from '../support/contest.mjs';
import { BARE, GOOGLE, OURS, TURNSTILE, UNDICI } from '../support/contestants.mjs';
import { contestTable } from '../support/table.mjs';

const AT_ONCE = 200;
const LATENCY_MS = 50;

/** Every round is one burst: as many connections as requests, all sent in one go. */
export default {
  name: 'burst',
  title: `${AT_ONCE} at once, provider of ${LATENCY_MS} ms`,
  async run(bench) {
    const contestants = [BARE, UNDICI, OURS, GOOGLE, TURNSTILE];
    const load = { kind: 'fresh', status: 200, count: AT_ONCE, connections: AT_ONCE, latencyMs: LATENCY_MS };
    const results = [];
    const parts = [];
    for (const adapter of bench.settings.adapters) {
      const rows = await contest(bench, { contestants, adapter, ...load });
      results.push(...rows);
      parts.push(`### ${adapter}`, contestTable(rows), arithmetic(rows));
    }
    return { results, markdown: parts.join('\n\n') };
  },
};

/** A request waits for a socket, for the provider, and for the one thread that serves all, which the bare handler shows. */
function arithmetic(rows) {
  const thread = rows[0].p99Ms.median;
  return rows
    .slice(1)
    .map(({ name, label, sockets, p99Ms }) => {
      const turns = Math.ceil(AT_ONCE / sockets);
      const bound = 2 * LATENCY_MS + (turns - 1) * LATENCY_MS + thread;
      const met = p99Ms.median <= bound ? 'met' : 'missed';
      return (
        `- ${label}: ceil(${AT_ONCE} / ${sockets} sockets) × ${LATENCY_MS} ms = ${turns * LATENCY_MS} ms at the ` +
        `provider; 2 × ${LATENCY_MS} + ${turns - 1} × ${LATENCY_MS} of waiting for a socket + ${thread.toFixed(0)} of ` +
        `the bare handler's own p99 = ${bound.toFixed(0)} ms; p99 ${p99Ms.median.toFixed(0)} ms` +
        (name === OURS.name ? ` — aim: at most that: ${met}` : '')
      );
    })
    .join('\n');
}
