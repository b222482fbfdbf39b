import type { CaptchaAnswer, CaptchaKind, ResolvedCaptchaOptions } from '../types.js';

/** The longest key there is: a sealed one with the longest NAVER key and the longest action has 155 characters. */
const MAX_KEY_LENGTH = 160;
/** Checked before anything walks over the text. Sixteen characters typed on a keyboard that composes stay far below. */
const MAX_VALUE_LENGTH = 64;

/** Takes an answer apart; nothing where it cannot be one. What is inside the key is not looked at. */
export function parseAnswer(given: unknown): CaptchaAnswer | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  if (!('key' in given) || !('value' in given)) return undefined;
  const { key, value } = given;
  if (typeof key !== 'string' || typeof value !== 'string') return undefined;
  if (key.length > MAX_KEY_LENGTH || value.length > MAX_VALUE_LENGTH) return undefined;
  // NFKC turns the full-width letters of a Korean keyboard into the ones NAVER draws. The case stays as typed:
  // NAVER does not say whether it matters.
  return { key, value: value.normalize('NFKC').trim() };
}

/** Whether an answer to this kind of challenge could look so. */
export function isPlausible(
  value: string,
  kinds: readonly CaptchaKind[],
  { answerPattern }: ResolvedCaptchaOptions,
): boolean {
  return kinds.some((kind) => answerPattern[kind].test(value));
}
