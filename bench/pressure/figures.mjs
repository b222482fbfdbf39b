import { whole } from '../support/table.mjs';

export const percent = (share, digits = 0) => `${(100 * share).toFixed(digits)} %`;
export const small = (value) => (value < 100 ? Number(value.toFixed(1)).toString() : whole(value));

/** What happened to people, as shares and percentiles. */
export function summaryOf({ people: count, ...tally }) {
  const sorted = tally.waitsMs.toSorted((one, other) => one - other);
  return {
    people: count,
    passed: tally.passed,
    refused: (tally.refusedForWrong + tally.refusedForAsking) / count,
    gaveUp: tally.gaveUp / count,
    seeing: tally.seeing / count,
    picturesPerHundred: (100 * tally.pictures) / count,
    medianMs: sorted[Math.floor(count / 2)],
    slowMs: sorted[Math.floor(count * 0.99)],
  };
}
