import type { CaptchaAnswerNames, ResolvedCaptchaOptions } from '../types.js';
import { type AnsweringRequest, own } from './answering-request.js';
import { isObject } from '../unknown-values.js';
import type { Transport } from './context-kind.js';

/** Key and value as sent, of whatever type. */
export interface FoundAnswer {
  readonly key: unknown;
  readonly value: unknown;
}

/** Looks in the body, then in the headers. Key and value come from one place: the first that has either. */
export function findAnswer(
  { body, headers }: AnsweringRequest,
  { hasInputObjects }: Transport,
  { bodyFields, headerNames }: ResolvedCaptchaOptions,
): FoundAnswer | undefined {
  return (
    lookIn(body, bodyFields) ??
    (hasInputObjects ? lookInside(body, bodyFields) : undefined) ??
    lookIn(headers, headerNames)
  );
}

function lookIn(place: unknown, names: CaptchaAnswerNames | false): FoundAnswer | undefined {
  if (names === false || !isObject(place)) return undefined;
  const key = own(place, names.key);
  const value = own(place, names.value);
  return isAbsent(key) && isAbsent(value) ? undefined : { key, value };
}

function lookInside(body: unknown, names: CaptchaAnswerNames | false): FoundAnswer | undefined {
  if (!isObject(body)) return undefined;
  for (const input of Object.values(body)) {
    const found = lookIn(input, names);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** An empty field of a form is an absent one. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}
