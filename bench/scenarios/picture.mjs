import { readFileSync } from 'node:fs';

import { OURS } from '../support/contestants.mjs';
import { percentile, spread } from '../support/statistics.mjs';
import { figure, spreadOf, table } from '../support/table.mjs';

const LATENCY_MS = 50;
/** Time for the pool and the ready challenges to be as they are between two people. */
const PAUSE_MS = 3 * LATENCY_MS;
const PREFETCH = { options: { prefetch: { size: 5 } } };
const INSTALLED = '../node_modules/nestjs-naver-captcha/dist/esm/module/naver-captcha-options.d.ts';

/** One person at a time: how long from asking for a challenge until the last byte of its picture. */
export default {
  name: 'picture',
  title: `Challenge with picture, provider of ${LATENCY_MS} ms, browser of ${LATENCY_MS} ms`,
  async run(bench) {
    const samples = bench.settings.quick ? 10 : 60;
    const load = await bench.load();
    const ways = [way('two requests', false), way('inline', true)];
    if (hasPrefetch())
      ways.push(way('two requests, prefetch', false, PREFETCH), way('inline, prefetch', true, PREFETCH));
    for (const each of ways) {
      each.provider = await bench.provider({ latencyMs: LATENCY_MS });
      const setup = {
        ...OURS.setup,
        ...each.setup,
        adapter: 'express',
        provider: await each.provider.ask('url'),
      };
      each.application = await bench.application(setup);
      each.url = await each.application.ask('url');
    }
    for (let i = -2; i < samples; i += 1) {
      for (const { url, inline, times } of ways) {
        const ms = await load.ask('picture', { url, inline, browserMs: LATENCY_MS, pauseMs: PAUSE_MS });
        if (i >= 0) times.push(ms);
      }
    }
    await bench.stop(load, ...ways.flatMap(({ application, provider }) => [application, provider]));
    const results = ways.map(({ label, inline, times }) => ({ label, inline, ms: spread(times), times }));
    const rows = results.map(({ label, ms, times }) => [
      label,
      spreadOf(ms),
      figure(
        percentile(
          [...times].sort((a, b) => a - b),
          0.99,
        ),
      ),
      figure(ms.median / LATENCY_MS, 1),
    ]);
    return {
      results,
      markdown: [
        table(['', 'ms until the picture', 'p99 ms', `round trips of ${LATENCY_MS} ms`], rows),
        'A round trip is one of the browser or one to the provider: both take the same time here. Aim: 3, and 1 with ' +
          `prefetch${hasPrefetch() ? '' : ', which the installed library does not have'}.`,
      ].join('\n\n'),
    };
  },
};

function way(label, inline, setup = {}) {
  return { label, inline, setup, times: [] };
}

/** Whether the installed library knows the option. */
function hasPrefetch() {
  return /\bprefetch\?:/.test(readFileSync(new URL(INSTALLED, import.meta.url), 'utf8'));
}
