import { measure } from './measure.mjs';
import { median, spread } from './statistics.mjs';

/**
 * Lets several applications answer the same load, one after the other and over again in several rounds, so that what
 * else goes on in the machine meets all of them alike. The first contestant is the bare handler.
 *
 * @returns for each contestant what each round said, and how far the rounds lie apart
 */
export async function contest(bench, given) {
  const { contestants, adapter, kind, status, latencyMs = 0 } = given;
  const { rounds, profile } = bench.settings;
  const { count, warmUp, connections } = { ...bench.settings, ...given };
  const load = await bench.load();
  const entries = await Promise.all(contestants.map((contestant) => enter(bench, contestant, adapter)));
  for (const entry of entries) await turn(entry, warmUp, false);
  for (let round = 0; round < rounds; round += 1) {
    for (let i = 0; i < entries.length; i += 1) {
      const entry = entries[(round + i) % entries.length];
      entry.rounds.push(await turn(entry, count, profile));
    }
  }
  await bench.stop(load, ...entries.flatMap(({ application, provider }) => [application, provider]));
  return entries.map((entry) => summary(entry, entries[0].rounds, adapter, count));

  async function turn({ contestant, application, provider }, requests, profiled) {
    // Making the answers is not to wait for a slow provider.
    await provider.ask('latency', 0);
    const bodies = await application.ask('bodies', { kind, count: requests });
    await provider.ask('latency', latencyMs);
    return measure(
      { applications: [application], provider, load },
      {
        label: contestant.label,
        status: contestant.status ?? status,
        count: requests,
        bodies,
        connections,
        profile: profiled,
      },
    );
  }
}

/** Each has a provider of its own, so that its sockets can be told from those of others. */
async function enter(bench, contestant, adapter) {
  const provider = await bench.provider();
  const setup = { ...contestant.setup, adapter, provider: await provider.ask('url') };
  return { contestant, provider, application: await bench.application(setup), rounds: [] };
}

function summary({ contestant, rounds }, bare, adapter, count) {
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
    callsPerRequest: median(rounds.map(({ calls }) => calls)),
    sockets: rounds.at(-1).sockets,
    peakRss: rounds.at(-1).peakRss,
    rounds: rounds.map((round) => ({ ...round, profiles: undefined })),
    profiles: rounds.flatMap(({ profiles }) => profiles),
    profiledRequests: rounds.length * count,
  };
}

/** Of two contestants, round by round. */
export function ratio(rows, pick, name, otherName) {
  const [ones, others] = [name, otherName].map((wanted) =>
    rows.find((row) => row.name === wanted).rounds.map(pick),
  );
  return spread(ones.map((value, i) => value / others[i]));
}

/** What a guard adds to the bare handler of the same round, compared with what another one adds. */
export function addedRatio(rows, name, otherName) {
  const bare = rows[0].rounds;
  return ratio(rows, ({ cpuUs }, round) => cpuUs - bare[round].cpuUs, name, otherName);
}
