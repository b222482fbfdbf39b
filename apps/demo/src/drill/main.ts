import 'reflect-metadata';

import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { playDay } from './day.js';
import { plot } from './plot.js';
import { plotPicture } from './plot-picture.js';
import { SCENARIOS } from './scenarios.js';
import type { Tally } from './tally.js';

const USAGE = `Usage: npm run drill -- <${SCENARIOS.map(({ name }) => name).join('|')}> [--seed text] [--picture file.png]`;
const DAY_MINUTES = 24 * 60;

async function main(): Promise<void> {
  const { positionals, values } = readArguments();
  const scenario = SCENARIOS.find(({ name }) => name === positionals[0]);
  if (scenario === undefined || positionals.length > 1) throw new Error(USAGE);
  const { seed, picture = `drill-${scenario.name}.png` } = values;

  console.log(
    `${scenario.title}. A day in Korea, played with the seed ${JSON.stringify(seed)}; it takes some seconds, or minutes with a flood.\n`,
  );
  const tally = await playDay(scenario, { from: 0, to: DAY_MINUTES, seed });
  console.log(plot(tally, 0));
  console.log(`\n${figures(tally)}`);
  await writeFile(picture, await plotPicture(tally, 0, scenario.title));
  console.log(`Minute by minute: ${picture}`);
}

/** @throws Error that shows how it is used, for whatever else is given */
function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { seed: { type: 'string', default: 'drill' }, picture: { type: 'string' } },
    });
  } catch {
    throw new Error(USAGE);
  }
}

/** What the drill is judged by. */
function figures(tally: Tally): string {
  const right = tally.total('passed') + tally.total('refused');
  const share = right === 0 ? 100 : (100 * tally.total('passed')) / right;
  const codes = [...tally.codes].map(([code, count]) => `${code} ${count}`).join(', ');
  return [
    `Of ${right} people who read their picture right, ${share.toFixed(2)} % passed.`,
    `Calls spent: ${tally.total('calls')} of 1000.`,
    `Refusals on the way: ${codes === '' ? 'none' : codes}.`,
  ].join('\n');
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
