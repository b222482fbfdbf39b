// npm run bench [-- --quick] [-- --only passing,forged] [-- --rounds 7] [-- --profile]
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { ADAPTERS } from './application/adapters.mjs';
import { SCENARIOS } from './scenarios/index.mjs';
import { Bench } from './support/bench.mjs';
import { selfTimes } from './support/profile.mjs';
import { table } from './support/table.mjs';

const RESULTS = join(import.meta.dirname, 'results');
/**
 * Rounds in turn: what else the machine does passes over all contestants, and the medians do not see it. The warm-up is
 * long, for an application answers for days and V8 needs tens of thousands of requests to get to know it.
 */
const FULL = {
  quick: false,
  rounds: 11,
  count: 4000,
  warmUp: 20_000,
  connections: 32,
  adapters: ADAPTERS,
};
const QUICK = { ...FULL, quick: true, rounds: 3, count: 2000, warmUp: 8000, adapters: ['fastify'] };

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string' },
    profile: { type: 'boolean', default: false },
  },
});
const settings = { ...(values.quick ? QUICK : FULL), profile: values.profile };
if (values.rounds !== undefined) settings.rounds = wholeNumber(values.rounds);

const bench = new Bench(settings);
// The processes end with this one, whatever ends it.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

const startedAt = new Date();
const report = {
  machine: machine(),
  startedAt: startedAt.toISOString(),
  command: command(),
  settings,
  scenarios: {},
};
const parts = [`# ${report.command}`, `${report.machine}, ${report.startedAt}`];
try {
  for (const scenario of chosen()) {
    console.error(`${scenario.name} …`);
    const begun = performance.now();
    const { results, markdown } = await scenario.run(bench);
    const seconds = Math.round((performance.now() - begun) / 1000);
    report.scenarios[scenario.name] = { seconds, results: results.map(withoutProfiles) };
    const part = `## ${scenario.title}\n\n${markdown}`;
    console.log(`\n${part}\n`);
    parts.push(part);
    if (settings.profile) parts.push(...profilesOf(scenario.name, results));
  }
} finally {
  await bench.stopAll();
  // Also what was measured before something went wrong.
  write('md', `${parts.join('\n\n')}\n`);
  write('json', `${JSON.stringify(report, undefined, 2)}\n`);
}

function chosen() {
  if (values.only === undefined) return SCENARIOS;
  return values.only.split(',').map((name) => {
    const found = SCENARIOS.find((scenario) => scenario.name === name);
    if (found !== undefined) return found;
    throw new Error(`No scenario "${name}"; there are ${SCENARIOS.map((each) => each.name).join(', ')}.`);
  });
}

function wholeNumber(text) {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`--rounds must be a whole number, not "${text}".`);
}

/** Prints where the time of each contestant went, and keeps the profiles for Chrome's developer tools. */
function profilesOf(scenario, results) {
  return results
    .filter(({ profiles }) => profiles?.length > 0)
    .map(({ adapter, name, profiles, profiledRequests }) => {
      write(`${scenario}-${adapter}-${name}.cpuprofile`, JSON.stringify(profiles.at(-1)));
      const { frames, packages } = selfTimes(profiles);
      const sum = frames.reduce((total, { us }) => total + us, 0);
      const rows = (entries, top) =>
        entries
          .slice(0, top)
          .map(({ name: what, us }) => [
            `\`${what}\``,
            (us / profiledRequests).toFixed(1),
            `${((us / sum) * 100).toFixed(1)} %`,
          ]);
      const part = [
        `### Where the time goes: ${name}, ${adapter} (profiling itself takes some)`,
        table(['function', 'µs a request', 'share'], rows(frames, 15)),
        table(['package', 'µs a request', 'share'], rows(packages, 12)),
      ].join('\n\n');
      console.log(`\n${part}\n`);
      return part;
    });
}

/** They are large, and written each to a file of its own. */
function withoutProfiles(result) {
  return { ...result, profiles: undefined };
}

function write(end, text) {
  mkdirSync(RESULTS, { recursive: true });
  const stamp = startedAt.toISOString().replace(/[:.]/g, '-');
  const path = join(RESULTS, `${stamp}${end.includes('.') ? '-' : '.'}${end}`);
  writeFileSync(path, text);
  console.error(`Written: ${path}`);
}

function command() {
  const given = process.argv.slice(2).join(' ');
  return `npm run bench${given === '' ? '' : ` -- ${given}`}`;
}

function machine() {
  const [{ model }] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${model.trim()}, ${memory} GB, ${type()} ${release()}, Node.js ${process.version}`;
}
