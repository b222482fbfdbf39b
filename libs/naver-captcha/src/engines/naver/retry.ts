import { setTimeout as pause } from 'node:timers/promises';

import { CaptchaUnavailableException } from '../../errors.js';
import type { CaptchaRandom, NaverCall } from '../../types.js';
import type { NaverCallResult } from './call-gate.js';

/** A third attempt would use up the day's quota in an outage and keep the visitor waiting. */
export const MAX_ATTEMPTS = 2;
const SHORTEST_PAUSE_MS = 50;
const JITTER_MS = 100;

/**
 * Whether a failed call may be made again. Issuing and fetching may: at worst a key is issued that no visitor uses.
 * Comparing may only if the first attempt certainly did not reach NAVER, which may accept one answer per key.
 */
export function mayRetry(
  { operation }: NaverCall,
  { error, status, sent, reached }: Omit<NaverCallResult, 'durationMs'>,
): boolean {
  // This process refused the call, and would refuse it again.
  if (!sent) return false;
  if (!(error instanceof CaptchaUnavailableException) || error.origin !== 'naver') return false;
  // An unreadable reply with a status below 500 would be the same the second time.
  if (status !== undefined && status < 500) return false;
  return operation !== 'compare' || !reached;
}

/** Waits a short random time, so that calls that failed together are not repeated together. */
export async function pauseBeforeRetry(random: CaptchaRandom, signal: AbortSignal): Promise<void> {
  const jitterMs = (random.bytes(1).readUInt8(0) / 256) * JITTER_MS;
  await pause(SHORTEST_PAUSE_MS + jitterMs, undefined, { signal });
}
