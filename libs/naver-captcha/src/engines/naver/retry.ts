import { setTimeout as pause } from 'node:timers/promises';

import { CaptchaUnavailableException } from '../../errors.js';
import type { CaptchaRandom, NaverCall } from '../../types.js';
import type { NaverCallResult } from './call-gate.js';

/** One try more: a second one more would eat a day's quota in an outage and keep the person waiting. */
export const MAX_TRIES = 2;
const SHORTEST_PAUSE_MS = 50;
const JITTER_MS = 100;

/**
 * Whether a failed call may be made again. Issuing and fetching may: at worst a key is issued for nobody. A comparison
 * may only where the first one surely never reached NAVER, which may take one answer a key.
 */
export function mayRetry({ operation }: NaverCall, { error, status, reached }: NaverCallResult): boolean {
  if (!(error instanceof CaptchaUnavailableException) || error.origin !== 'naver') return false;
  // A reply below 500 that makes no sense would not make more sense the second time.
  if (status !== undefined && status < 500) return false;
  return operation !== 'compare' || !reached;
}

/** Waits a little, never the same time: those who failed together should not come back together. */
export async function pauseBeforeRetry(random: CaptchaRandom, signal: AbortSignal): Promise<void> {
  const jitterMs = (random.bytes(1).readUInt8(0) / 256) * JITTER_MS;
  await pause(SHORTEST_PAUSE_MS + jitterMs, undefined, { signal, ref: false });
}
