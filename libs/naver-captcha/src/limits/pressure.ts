import type { CaptchaPressure, CaptchaPressureLimits } from '../types.js';

/** The level of the dearest toll. */
export const DEAREST_LEVEL = 5;
/** The lowest level of each pressure. */
const LEAST_LEVEL: Readonly<Record<CaptchaPressure, number>> = { calm: 0, raised: 1, high: 3 };

/** What is counted of a household in an hour. */
export interface HouseholdCounts {
  /** Challenges that it got, this one included. */
  readonly asked: number;
  /** Whether the network around it got more than its share. */
  readonly isNetworkBusy: boolean;
  /** Wrong answers, counted twice, less the right ones. */
  readonly wrong: number;
}

/** The level, 0 to 5, of the toll that a household's next challenge is worth. */
export function levelOf(
  { asked, isNetworkBusy, wrong }: HouseholdCounts,
  limits: CaptchaPressureLimits,
): number {
  return Math.max(
    levelOfAsked(asked, limits.free),
    isNetworkBusy ? LEAST_LEVEL.raised : 0,
    levelOfWrong(wrong, limits),
  );
}

/** The level is raised to what the pressure asks for at least. */
export function atLeast(level: number, pressure: CaptchaPressure): number {
  return Math.max(level, LEAST_LEVEL[pressure]);
}

export function pressureOf(level: number): CaptchaPressure {
  if (level >= LEAST_LEVEL.high) return 'high';
  return level >= LEAST_LEVEL.raised ? 'raised' : 'calm';
}

/** A toll pays for a challenge whose price is at most one level above: prices rise while a browser works. */
export function covers(paidLevel: number, level: number): boolean {
  return level === 0 || (paidLevel > 0 && paidLevel + 1 >= level);
}

/** One level for each factor of four, so that many people behind one address pay little, and a robot soon pays much. */
function levelOfAsked(asked: number, free: number): number {
  if (asked <= free) return 0;
  return Math.min(DEAREST_LEVEL, Math.ceil(Math.log2(asked / free) / 2));
}

function levelOfWrong(wrong: number, { raisedFrom, highFrom }: CaptchaPressureLimits): number {
  if (wrong >= highFrom) return LEAST_LEVEL.high;
  return wrong >= raisedFrom ? LEAST_LEVEL.raised : 0;
}
