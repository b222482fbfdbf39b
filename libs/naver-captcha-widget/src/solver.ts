import type { Challenge, ChallengeSource, Refusal, Reply, RequestChallenge } from './challenge.js';
import { type Puzzle, solve } from './puzzle.js';
import { WorkLine } from './work-line.js';

export { solve };
export type { Puzzle, PuzzlePart, SolveOptions } from './puzzle.js';

/** A server whose tolls rise faster than the browser pays them gives no challenge. */
const MOST_TOLLS = 3;

/**
 * Solves the puzzle in a reply to a request for a challenge: returns the challenge whose answer it is, or pays the toll with
 * the next request, by `again`. The other parameters are the caller's own.
 */
export async function settle(
  puzzle: Puzzle,
  isChallenge: boolean,
  { key, expiresInSeconds }: Reply,
  elapsedMs: () => number,
  timer: Parameters<typeof clearTimeout>[0],
  source: ChallengeSource,
  request: AbortController,
  again: RequestChallenge,
  tolls: number,
): Promise<Challenge | Refusal | undefined> {
  if (!isChallenge && tolls === MOST_TOLLS - 1) return { code: 'CAPTCHA_TOO_MANY' };
  // The time of a request does not include the work.
  clearTimeout(timer);
  const line = new WorkLine(source);
  const { signal } = request;
  const value = await line.during(signal, (onProgress) => solve(puzzle, { signal, onProgress }));
  if (!isChallenge) return again(source, request, { key, value }, tolls + 1);
  source.value = value;
  line.finish();
  return {
    key: String(key),
    kind: 'work',
    remainingMs: () => Number(expiresInSeconds) * 1_000 - elapsedMs(),
  };
}
