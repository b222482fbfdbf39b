import { quotaResetsAt } from '../engines/naver/quota-reset.js';
import { CaptchaTooManyException } from '../errors.js';
import type { CaptchaPace } from '../types.js';

const DAY_MS = 86_400_000;
/** A call is not refused in the very millisecond it is due because a share cannot be written exactly in binary. */
const ROUNDING = 1e-6;

/** The day is being spent faster than the pace allows, and some of it is left. */
export class BeyondPaceException extends CaptchaTooManyException {}

/**
 * How many calls of the day may be used by now: the headroom at midnight in Korea, and the rest evenly until the next. So
 * a flood that lasts all day leaves something of each hour, the last one included.
 */
export function pacedLimit(dailyQuota: number, { headroom }: CaptchaPace, nowMs: number): number {
  const startedAtMs = quotaResetsAt(nowMs) - DAY_MS;
  const share = headroom + (1 - headroom) * ((nowMs - startedAtMs) / DAY_MS);
  return Math.floor(dailyQuota * share + ROUNDING);
}

/** When so many calls may be used. Never later than midnight, when the quota resets. */
export function paceReachesAtMs(
  calls: number,
  dailyQuota: number,
  { headroom }: CaptchaPace,
  nowMs: number,
): number {
  const resetsAtMs = quotaResetsAt(nowMs);
  const atMs = resetsAtMs - DAY_MS + Math.round(((calls / dailyQuota - headroom) / (1 - headroom)) * DAY_MS);
  return Math.min(Math.max(atMs, nowMs), resetsAtMs);
}
