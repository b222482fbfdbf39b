import { median, spread } from './statistics.mjs';

/**
 * Lets several applications answer the same load, one after the other and over again in several rounds, so that what
 * else goes on in the machine meets all of them alike.
 *
 * @returns for each contestant what each round said, and how far the rounds lie apart
 */
export async function contest(bench, { contestants, adapter, kind, status, count, latencyMs = 0, ...rest }) {
  const { connections, rounds, profile } = bench.settings;
  const load = await bench.load();
  const entries = await Promise.all(
    contestants.map(async (contestant) => {
      const provider = await bench.provider({ latencyMs });
      const setup = { ...rest, ...contestant.setup, adapter, provider: await provider.ask('url') };
      const application = await bench.application(setup);
      return {
        contestant,
        provider,
        application,
        url: await application.ask('url'),
        rounds: [],
        profiles: [],
      };
    }),
  );
  try {
    for (const entry of entries) await measure(entry, { count: bench.settings.warmUp, profile: false });
    for (const entry of entries) entry.rounds.length = 0;
    for (let round = 0; round < rounds; round += 1) {
      for (let i = 0; i < entries.length; i += 1) {
        await measure(entries[(round + i) % entries.length], { count, profile });
      }
    }
  } finally {
    await bench.stop(load, ...entries.flatMap(({ application, provider }) => [application, provider]));
  }
  return entries.map((entry) => summary(entry, entries[0], adapter));

  async function measure(entry, { count: requests, profile: profiled }) {
    const { application, contestant, provider } = entry;
    const path = contestant.path ?? '/form';
    const bodies = await application.ask('bodies', { kind: contestant.kind ?? kind, count: requests });
    await load.ask('prepare', { urls: [entry.url], path, bodies, count: requests, connections });
    const before = await provider.ask('counts');
    await application.ask('begin', { profile: profiled });
    const { statuses, durationMs, p50, p99 } = await load.ask('go');
    const { cpuUs, peakRss, profile: taken } = await application.ask('end');
    const after = await provider.ask('counts');
    expectOnly(contestant.status ?? status, statuses, contestant.label);
    if (taken !== undefined) entry.profiles.push(taken);
    entry.sockets = after.peak;
    entry.peakRss = peakRss;
    entry.requests = (entry.requests ?? 0) + (profiled ? requests : 0);
    entry.rounds.push({
      cpuUs: cpuUs / requests,
      rps: (requests / durationMs) * 1000,
      p50,
      p99,
      calls: (total(after.calls) - total(before.calls)) / requests,
    });
  }
}

function summary({ contestant, rounds, sockets, peakRss, profiles, requests }, { rounds: bare }, adapter) {
  const over = (pick) => spread(rounds.map(pick));
  return {
    adapter,
    name: contestant.name,
    label: contestant.label,
    cpuUs: over(({ cpuUs }) => cpuUs),
    addedUs: over(({ cpuUs }, round) => cpuUs - bare[round].cpuUs),
    rps: over(({ rps }) => rps),
    p50Ms: over(({ p50 }) => p50),
    p99Ms: over(({ p99 }) => p99),
    callsPerRequest: over(({ calls }) => calls),
    sockets,
    peakRss,
    rounds,
    profiles,
    profiledRequests: requests,
  };
}

/** Of the medians of two contestants; the spread is that of the rounds, each with its own bare handler. */
export function ratio(rows, pick, name, otherName) {
  const find = (wanted) => rows.find((row) => row.name === wanted);
  const [one, other] = [find(name), find(otherName)];
  if (one === undefined || other === undefined) return undefined;
  const [ones, others] = [one, other].map(({ rounds }) => rounds.map(pick));
  return { ...spread(ones.map((value, i) => value / others[i])), median: median(ones) / median(others) };
}

/** What a guard adds to the first contestant, the bare handler. */
export function addedRatio(rows, name, otherName) {
  const bare = rows[0].rounds;
  return ratio(rows, ({ cpuUs }, round) => cpuUs - bare[round].cpuUs, name, otherName);
}

function expectOnly(status, statuses, label) {
  const others = Object.keys(statuses).filter((seen) => Number(seen) !== status);
  if (others.length === 0) return;
  throw new Error(`${label} was to answer ${status} only, and answered ${JSON.stringify(statuses)}.`);
}

function total(calls) {
  return Object.values(calls).reduce((sum, each) => sum + each, 0);
}
