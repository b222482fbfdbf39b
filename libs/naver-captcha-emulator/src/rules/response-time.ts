const mostSeconds = 7200;

/** Seconds from showing to answering with two decimals; -1 when that cannot be told or took longer than 7200 (documented). */
export function responseTime(fetchedAt: number, now: number): number {
  const seconds = Math.round((now - fetchedAt) / 10) / 100;
  return seconds >= 0 && seconds <= mostSeconds ? seconds : -1;
}
