import { OURS } from '../support/contestants.mjs';
import { measure } from '../support/measure.mjs';
import { spread } from '../support/statistics.mjs';
import { megabytes, ratioLine, spreadOf, table, whole } from '../support/table.mjs';

const TENTHS = 10;
/** The shortest there is: the number of used keys to remember comes to a steady level within the run. */
const KEY_TTL_MS = 10_000;

/** One application, verification after verification, each with a key of its own. */
export default {
  name: 'million',
  title: 'A million verifications: memory and cost over time',
  async run(bench) {
    const { connections, quick } = bench.settings;
    const chunk = quick ? 500 : 2000;
    const chunks = (quick ? 20_000 : 1_000_000) / chunk;
    const [provider, load] = await Promise.all([bench.provider(), bench.load()]);
    const application = await bench.application({
      ...OURS.setup,
      options: { keyTtlMs: KEY_TTL_MS },
      adapter: 'fastify',
      provider: await provider.ask('url'),
    });
    const tenths = Array.from({ length: TENTHS }, () => ({ cpuUs: [] }));
    const rss = [];
    for (let i = -2; i < chunks; i += 1) {
      const bodies = await application.ask('bodies', { kind: 'fresh', count: chunk });
      const { cpuUs } = await measure(
        { applications: [application], provider, load },
        { label: OURS.label, status: 200, count: chunk, bodies, connections },
      );
      if (i < 0) continue;
      const tenth = tenths[Math.floor((i * TENTHS) / chunks)];
      tenth.cpuUs.push(cpuUs);
      tenth.verified = (i + 1) * chunk;
      tenth.memory = await application.ask('memory');
      rss.push(tenth.memory.rss);
    }
    const { sockets } = await provider.ask('counts');
    await bench.stop(provider, load, application);
    const results = tenths.map((tenth) => ({ ...tenth, spread: spread(tenth.cpuUs) }));
    return { results, markdown: description(results, sockets, Math.max(...rss)) };
  },
};

function description(tenths, sockets, peakRss) {
  const [first, last] = [tenths[0], tenths.at(-1)];
  const { median, quartiles } = first.spread;
  const noise = (quartiles[1] - quartiles[0]) / median;
  return [
    table(
      ['verifications', 'CPU µs each', 'heap MB', 'external MB', 'RSS MB'],
      tenths.map(({ verified, spread: cpuUs, memory: { heapUsed, external, rss } }) => [
        whole(verified),
        spreadOf(cpuUs),
        megabytes(heapUsed),
        megabytes(external),
        megabytes(rss),
      ]),
    ),
    [
      `- Sockets opened at the provider in all: ${sockets}; most RSS seen: ${megabytes(peakRss)} MB.`,
      `- Keys live ${KEY_TTL_MS / 1000} s here, and are remembered a minute longer: memory is level from then on.`,
      ratioLine(
        'cost of the last tenth : of the first',
        {
          median: last.spread.median / median,
          quartiles: last.spread.quartiles.map((value) => value / median),
        },
        `within the noise of the first, ${(100 * noise).toFixed(0)} %`,
        (value) => value <= 1 + noise,
      ),
    ].join('\n'),
  ].join('\n\n');
}
