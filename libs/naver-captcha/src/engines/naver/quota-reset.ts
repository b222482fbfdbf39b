const DAY_MS = 86_400_000;
/** Korea keeps UTC+9 all year. */
const KOREA_OFFSET_MS = 9 * 3_600_000;

/** The number of the day in Korea, counted from 1970. */
export function quotaDay(nowMs: number): number {
  return Math.floor((nowMs + KOREA_OFFSET_MS) / DAY_MS);
}

/** When the day's quota resets: the next midnight in Korea (inferred from NAVER's other daily limits). */
export function quotaResetsAt(nowMs: number): number {
  return (quotaDay(nowMs) + 1) * DAY_MS - KOREA_OFFSET_MS;
}
