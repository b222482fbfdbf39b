// Plays attackers and people against the real limits, on a clock of its own, and prints what they get and what it costs them.
//   npm run build && node bench/pressure/simulate.mjs [--seed 1] [--scenario attackers,paying,people,carriers,crowded,variants] [--hours 100] [--json]
import { parseArgs } from 'node:util';

import { scenarios } from './scenarios.mjs';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    scenario: {
      type: 'string',
      default: Object.keys(scenarios)
        .filter((name) => name !== 'short')
        .join(','),
    },
    // Of the scenario `carriers`; a thousand take about four minutes.
    hours: { type: 'string', default: '100' },
    json: { type: 'boolean', default: false },
  },
});
const aims = [];
const results = {};
for (const name of values.scenario.split(',')) {
  const scenario = scenarios[name];
  if (scenario === undefined)
    throw new Error(`--scenario ${name} is none of ${Object.keys(scenarios).join(', ')}`);
  const begun = performance.now();
  const {
    title,
    text,
    data,
    aims: checked = [],
  } = await scenario({ seed: Number(values.seed), hours: Number(values.hours) });
  results[name] = data;
  aims.push(...checked);
  if (!values.json)
    console.log(`\n${title}\n\n${text}\n\n(${((performance.now() - begun) / 1000).toFixed(0)} s)`);
}
if (values.json) console.log(JSON.stringify(results));
else if (aims.length > 0) {
  console.log('\nAims\n');
  for (const { aim, figure, met } of aims) console.log(`- ${aim}: ${figure}: ${met ? 'met' : 'missed'}`);
}
