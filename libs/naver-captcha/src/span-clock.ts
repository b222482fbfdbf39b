import type { CaptchaClock } from './types.js';

/** The system's time. */
export const SYSTEM_CLOCK: CaptchaClock = Object.freeze({
  now: () => Date.now(),
  monotonicNow: () => performance.now(),
});

/**
 * A function that returns milliseconds for measuring spans: pauses, durations, ages. It never goes back, so that a
 * corrected system time neither stretches nor shortens them. Only differences between its values have a meaning.
 */
export function spanClock(clock: CaptchaClock): () => number {
  if (clock.monotonicNow !== undefined) return () => clock.monotonicNow?.() ?? 0;
  // A clock of a test that has now() alone: a step back counts as no time at all.
  let last = clock.now();
  let span = 0;
  return () => {
    const now = clock.now();
    span += Math.max(0, now - last);
    last = now;
    return span;
  };
}
