import { contest, ratio } from '../support/contest.mjs';
import { ALTCHA, bareThrowing, GOOGLE, OURS, oursOnRedis, TURNSTILE } from '../support/contestants.mjs';
import { withRedis } from '../support/redis.mjs';
import { contestTable, ratioLine } from '../support/table.mjs';

const PEERS = [GOOGLE, TURNSTILE, ALTCHA];

/** An attack of one kind: what it costs to refuse, beside a handler that throws the same at once. */
function refusal({ name, title, kind, code, peers = [], others = [] }) {
  return {
    name,
    title,
    async run(bench) {
      const contestants = [bareThrowing(code), OURS, ...(bench.settings.quick ? [] : peers), ...others];
      const results = [];
      const parts = [];
      for (const adapter of bench.settings.adapters) {
        const rows = await contest(bench, { contestants, adapter, kind, status: 400 });
        results.push(...rows);
        parts.push(`### ${adapter}`, contestTable(rows), comparison(rows));
      }
      return { results, markdown: parts.join('\n\n') };
    },
  };
}

/**
 * Requests a second are what a site sees; requests a second of CPU time say the same without what else the machine does,
 * and without the load, which has but two cores to share with the application here.
 */
function comparison(rows) {
  const aim = ['at least 0.85', (value) => value >= 0.85];
  const [bare, ...others] = rows.filter(({ name }) => /^bare|^ours/.test(name));
  return others
    .flatMap(({ name, label }) => [
      ratioLine(
        `requests a second, ${label} : bare handler that throws`,
        ratio(rows, ({ rps }) => rps, name, bare.name),
        ...aim,
      ),
      ratioLine(
        `the same of each second of CPU time`,
        ratio(rows, ({ cpuUs }) => 1 / cpuUs, name, bare.name),
        ...aim,
      ),
    ])
    .join('\n');
}

export const forged = refusal({
  name: 'forged',
  title: 'Forged keys',
  kind: 'forged',
  code: 'CAPTCHA_INVALID',
  peers: PEERS,
});

export const expired = refusal({
  name: 'expired',
  title: 'Expired keys',
  kind: 'expired',
  code: 'CAPTCHA_EXPIRED',
});

const replayedWith = (redis) =>
  refusal({
    name: 'replayed',
    title: 'Replayed keys',
    kind: 'replayed',
    code: 'CAPTCHA_USED',
    others: [oursOnRedis(redis)],
  });

export const replayed = {
  ...replayedWith(undefined),
  run: (bench) => withRedis((redis) => replayedWith(redis).run(bench)),
};

export const missing = refusal({
  name: 'missing',
  title: 'No answer',
  kind: 'missing',
  code: 'CAPTCHA_MISSING',
  peers: PEERS,
});
