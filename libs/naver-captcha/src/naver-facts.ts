// What is known about NAVER's keys, for every part of the library that holds them.

/**
 * How long NAVER knows a key. Documented in the guide of NAVER Developers: `responseTime` counts up to 7200 seconds
 * from showing to answering. Inferred: NAVER knows the key at least that long.
 */
export const NAVER_KEY_LIFETIME_MS = 7_200_000;

/** Documented and observed keys have 16 letters and digits; the pattern leaves room on both sides. */
export const NAVER_KEY_PATTERN = /^[A-Za-z0-9]{8,32}$/;
