const DAY_MS = 86_400_000;
/** Korea keeps UTC+9 all year. */
const KOREA_OFFSET_MS = 9 * 3_600_000;

/** The days since 1970 in Korea. */
export function quotaDay(nowMs: number): number {
  return Math.floor((nowMs + KOREA_OFFSET_MS) / DAY_MS);
}

/** When the day's quota resets: the next midnight in Korea (inferred from how NAVER states daily limits elsewhere). */
export function quotaResetsAt(nowMs: number): number {
  return (quotaDay(nowMs) + 1) * DAY_MS - KOREA_OFFSET_MS;
}
