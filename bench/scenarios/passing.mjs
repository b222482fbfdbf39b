import { ADAPTERS } from '../application/adapters.mjs';
import { addedRatio, contest } from '../support/contest.mjs';
import { ALTCHA, BARE, GOOGLE, OURS, TURNSTILE, UNDICI } from '../support/contestants.mjs';
import { contestTable, ratioLine } from '../support/table.mjs';

const PEERS = [GOOGLE, TURNSTILE, ALTCHA];

/** Every request brings an answer that passes; the provider answers at once. */
export default {
  name: 'passing',
  title: 'One verification that passes',
  async run(bench) {
    const contestants = [BARE, UNDICI, OURS, ...PEERS];
    const results = [];
    const parts = [];
    for (const adapter of ADAPTERS) {
      const rows = await contest(bench, { contestants, adapter, kind: 'fresh', status: 200 });
      results.push(...rows);
      parts.push(`### ${adapter}`, contestTable(rows), comparison(rows));
    }
    return { results, markdown: parts.join('\n\n') };
  },
};

function comparison(rows) {
  const against = (name) => addedRatio(rows, OURS.name, name);
  const asking = [GOOGLE, TURNSTILE].map(({ name, label }) => ({ label, value: against(name) }));
  return [
    ratioLine(
      'added, ours : one bare undici call',
      against(UNDICI.name),
      'at most 1.5',
      (value) => value <= 1.5,
    ),
    ...asking.map(({ label, value }) =>
      ratioLine(`added, ours : ${label}`, value, 'at most 0.33', (ratio) => ratio <= 1 / 3),
    ),
    ratioLine(`added, ours : ${ALTCHA.label}`, against(ALTCHA.name)),
  ].join('\n');
}
