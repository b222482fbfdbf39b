import { isObject } from '../unknown-values.js';
import type { CaptchaAnswer } from '../types.js';

/** A sealed key with the longest payload and the longest action has 179 characters. */
export const MAX_KEY_LENGTH = 190;
/** Checked before any code scans the text. Sixteen characters typed on a composing keyboard stay far below. */
export const MAX_VALUE_LENGTH = 64;

/** The answer in a value of any type; returns undefined if it cannot be one. The key is not opened. */
export function parseAnswer(given: unknown): CaptchaAnswer | undefined {
  if (!isObject(given)) return undefined;
  const { key, value } = given;
  if (typeof key !== 'string' || typeof value !== 'string') return undefined;
  if (key.length > MAX_KEY_LENGTH || value.length > MAX_VALUE_LENGTH) return undefined;
  // NFKC turns the full-width letters of a Korean keyboard into the ones NAVER draws. The case stays as typed:
  // NAVER does not document whether it matters.
  return { key, value: value.normalize('NFKC').trim() };
}
