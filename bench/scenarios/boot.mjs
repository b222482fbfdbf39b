import { GOOGLE, OURS, TURNSTILE } from '../support/contestants.mjs';
import { spread } from '../support/statistics.mjs';
import { ratioLine, spreadOf, table } from '../support/table.mjs';

const BASES = [
  { base: true, title: 'over an application with `HttpModule` and `ValidationPipe`' },
  { base: false, title: 'over an application with nothing' },
];
const MB = 2 ** 20;
const GUARDS = [{ label: 'the application alone' }, OURS, GOOGLE, TURNSTILE];

/** A process of its own for each sample, and the variants in turn. */
export default {
  name: 'boot',
  title: 'Boot: time and memory added to an empty application',
  async run(bench) {
    const { quick, adapters } = bench.settings;
    const samples = quick ? 3 : 15;
    const results = [];
    const parts = [];
    for (const adapter of adapters) {
      for (const { base, title } of quick ? BASES.slice(0, 1) : BASES) {
        const rows = (quick ? GUARDS.slice(0, 2) : GUARDS).map(({ label, setup }) => ({
          adapter,
          base,
          label,
          contestant: setup?.contestant,
          samples: [],
        }));
        // The first of each finds files that the system has not in memory yet.
        for (let i = -1; i < samples; i += 1) {
          for (const row of rows) {
            const sample = await boot(bench, row);
            if (i >= 0) row.samples.push(sample);
          }
        }
        results.push(...rows);
        parts.push(`### ${adapter}, ${title}`, comparison(rows, base));
      }
    }
    return { results, markdown: parts.join('\n\n') };
  },
};

async function boot(bench, { adapter, base, contestant }) {
  const child = await bench.start(
    'boot/main.mjs',
    { adapter, base, contestant },
    { execArgv: ['--expose-gc'] },
  );
  const sample = await child.ask('measure');
  await bench.stop(child);
  return sample;
}

function comparison(rows, isTheAim) {
  const [alone, ours] = rows;
  const over = (row, pick) => spread(row.samples.map(pick));
  const added = (row, pick) => spread(row.samples.map((sample, i) => pick(sample) - pick(alone.samples[i])));
  const rss = ({ rss: bytes }) => bytes / MB;
  const heap = ({ heapUsed, external }) => (heapUsed + external) / MB;
  const ms = ({ bootMs }) => bootMs;
  const cpu = ({ cpuMs }) => cpuMs;
  const cells = (row, pick, digits) => [
    spreadOf(over(row, pick), digits),
    row === alone ? '' : spreadOf(added(row, pick), digits),
  ];
  const lines = [
    table(
      ['', 'ms to listening', 'added', 'CPU ms', 'added', 'RSS MB', 'added', 'heap MB', 'added'],
      rows.map((row) => [
        row.label,
        ...cells(row, ms, 0),
        ...cells(row, cpu, 0),
        ...cells(row, rss, 1),
        ...cells(row, heap, 1),
      ]),
    ),
  ];
  if (isTheAim) {
    lines.push(
      [
        ratioLine('ms added by ours', added(ours, ms), 'at most 40', (value) => value <= 40),
        ratioLine('ms of CPU time added by ours', added(ours, cpu)),
        ratioLine('MB of RSS added by ours', added(ours, rss), 'at most 10', (value) => value <= 10),
      ].join('\n'),
    );
  }
  return lines.join('\n\n');
}
