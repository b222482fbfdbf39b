import { Chance } from './chance.js';
import { DrillClock } from './drill-clock.js';
import type { Scenario } from './scenarios.js';
import { startSite, watchEngines } from './site.js';
import { Tally } from './tally.js';
import { Timeline } from './timeline.js';
import { Visitors } from './visitors.js';

/** Midnight in Korea, of no day in particular. */
const MIDNIGHT_MS = Date.parse('2026-03-02T00:00:00+09:00');
const MINUTE_MS = 60_000;

/** Which part of the day is played, in minutes from midnight, and the seed of all chance in it. */
export interface DrillRange {
  readonly from: number;
  readonly to: number;
  readonly seed: string;
}

/** Plays a scenario against the demo. */
export async function playDay(scenario: Scenario, { from, to, seed }: DrillRange): Promise<Tally> {
  const startMs = MIDNIGHT_MS + from * MINUTE_MS;
  const endMs = MIDNIGHT_MS + to * MINUTE_MS;
  const clock = new DrillClock(startMs);
  const tally = new Tally(startMs, to - from, () => clock.now());
  const timeline = new Timeline(clock);
  await using site = await startSite(clock, seed, tally);
  let engine: 'naver' | 'standby' = 'naver';
  watchEngines(site, (seen) => {
    engine = seen;
  });
  const chance = new Chance(seed);
  const visitors = new Visitors({ site, clock, timeline, tally, chance, lastEngine: () => engine });
  const within = (atMs: number): boolean => atMs >= startMs && atMs < endMs;

  for (const { at, does } of scenario.naver) {
    const atMs = Math.max(startMs, MIDNIGHT_MS + at * MINUTE_MS);
    if (!within(atMs)) continue;
    timeline.at(atMs, () => {
      does(site.emulator);
      return Promise.resolve();
    });
  }
  // The last minutes bring no people, so that each has the time to answer.
  planPeople(scenario, { chance, timeline, startMs, endMs: endMs - 3 * MINUTE_MS, visitors });
  planFlood(scenario, { chance, timeline, startMs, endMs, visitors });
  await timeline.runUntil(endMs);
  return tally;
}

interface Plan {
  readonly chance: Chance;
  readonly timeline: Timeline;
  readonly startMs: number;
  readonly endMs: number;
  readonly visitors: Visitors;
}

/** Each person plans the next one: independent arrivals, a Poisson process. */
function planPeople({ peopleAMinute }: Scenario, { chance, timeline, startMs, endMs, visitors }: Plan): void {
  const planNext = (afterMs: number): void => {
    const atMs = afterMs + chance.pauseMs(peopleAMinute);
    if (atMs >= endMs) return;
    timeline.at(atMs, async () => {
      planNext(atMs);
      await visitors.person();
    });
  };
  planNext(startMs);
}

/** Every network asks at its own moment of each minute, from one address. */
function planFlood({ flood }: Scenario, { chance, timeline, startMs, endMs, visitors }: Plan): void {
  if (flood === undefined) return;
  const lastMs = Math.min(endMs, MIDNIGHT_MS + flood.to * MINUTE_MS);
  const everyMs = MINUTE_MS / flood.asksAMinute;
  for (let network = 0; network < flood.networks; network += 1) {
    const address = chance.address();
    const planNext = (atMs: number): void => {
      if (atMs >= lastMs) return;
      timeline.at(atMs, async () => {
        planNext(atMs + everyMs);
        await visitors.robot(address);
      });
    };
    const firstMs = Math.max(startMs, MIDNIGHT_MS + flood.from * MINUTE_MS);
    planNext(firstMs + chance.between(0, everyMs));
  }
}
