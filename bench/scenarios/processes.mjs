import { oursOnRedis } from '../support/contestants.mjs';
import { measure } from '../support/measure.mjs';
import { withRedis } from '../support/redis.mjs';
import { spread } from '../support/statistics.mjs';
import { megabytes, spreadOf, table } from '../support/table.mjs';

const MOST = 4;

/** The connections are shared out among the first one, two, three, four of the processes; keys are made by the first. */
export default {
  name: 'processes',
  title: 'One to four processes on one Redis',
  run: (bench) => withRedis((redis) => run(bench, oursOnRedis(redis))),
};

async function run(bench, { label, setup }) {
  const { rounds, count, warmUp, connections } = bench.settings;
  const [provider, load] = await Promise.all([bench.provider(), bench.load()]);
  const given = { ...setup, adapter: 'fastify', provider: await provider.ask('url') };
  const all = await Promise.all(Array.from({ length: MOST }, () => bench.application(given)));
  const turn = async (processes, requests) =>
    measure(
      { applications: all.slice(0, processes), provider, load },
      {
        label,
        status: 200,
        count: requests,
        bodies: await all[0].ask('bodies', { kind: 'fresh', count: requests }),
        connections,
      },
    );
  await turn(MOST, MOST * warmUp);
  const results = all.map((_, i) => ({ processes: i + 1, rounds: [] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const result of results) result.rounds.push(await turn(result.processes, count));
  }
  await bench.stop(provider, load, ...all);
  return { results, markdown: description(results) };
}

function description(results) {
  const [{ rounds: alone }] = results;
  const rows = results.map(({ processes, rounds }) => {
    const over = (pick) => spread(rounds.map(pick));
    return [
      String(processes),
      spreadOf(over(({ rps }) => rps)),
      spreadOf(
        over(({ rps }, i) => rps / alone[i].rps),
        2,
      ),
      spreadOf(over(({ cpuUs }) => cpuUs)),
      spreadOf(
        over(({ p99 }) => p99),
        1,
      ),
      megabytes(rounds.at(-1).peakRss),
    ];
  });
  return [
    table(
      [
        'processes',
        'requests a second',
        'times one process',
        'CPU µs a request, of all',
        'p99 ms',
        'peak MB, of all',
      ],
      rows,
    ),
    'Redis writes every used key to disk before it answers (`appendfsync always`). Provider, load and Redis share the ' +
      "machine's cores with the processes.",
  ].join('\n\n');
}
