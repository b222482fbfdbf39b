import type { CaptchaAnswerNames, ResolvedCaptchaOptions } from '../types.js';
import { isObject, ownValue } from '../unknown-values.js';
import type { AnsweringRequest, ContextKind } from './context-kind.js';

/** Key and value as the client sent them, of any type. */
export interface FoundAnswer {
  readonly key: unknown;
  readonly value: unknown;
}

/** Looks in the body, then in the headers. Key and value come from one place: the first that has either. */
export function findAnswer(
  { body, headers }: AnsweringRequest,
  { hasInputObjects }: ContextKind,
  { bodyFields, headerNames }: ResolvedCaptchaOptions,
): FoundAnswer | undefined {
  return (
    lookIn(body, bodyFields) ??
    (hasInputObjects ? lookInInputs(body, bodyFields) : undefined) ??
    lookIn(headers, headerNames)
  );
}

function lookIn(place: unknown, names: CaptchaAnswerNames | false): FoundAnswer | undefined {
  if (names === false || !isObject(place)) return undefined;
  const key = ownValue(place, names.key);
  const value = ownValue(place, names.value);
  return isAbsent(key) && isAbsent(value) ? undefined : { key, value };
}

function lookInInputs(body: unknown, names: CaptchaAnswerNames | false): FoundAnswer | undefined {
  if (!isObject(body)) return undefined;
  for (const input of Object.values(body)) {
    const found = lookIn(input, names);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Returns true for undefined, null and blank texts: an empty field of a form is an absent one. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** Removes both fields from a body, so that `forbidNonWhitelisted` does not refuse fields that no DTO declares. */
export function stripAnswer(
  body: unknown,
  { hasInputObjects }: ContextKind,
  { bodyFields }: ResolvedCaptchaOptions,
): void {
  if (bodyFields === false || !isObject(body)) return;
  remove(body, bodyFields);
  if (!hasInputObjects) return;
  for (const [name, input] of Object.entries(body)) {
    if (!isObject(input) || !hasEither(input, bodyFields)) continue;
    // A copy: aliases share the input of a variable, and are refused by its answer.
    const copy = { ...input };
    remove(copy, bodyFields);
    body[name] = copy;
  }
}

function hasEither(input: object, { key, value }: CaptchaAnswerNames): boolean {
  return Object.hasOwn(input, key) || Object.hasOwn(input, value);
}

function remove(body: object, { key, value }: CaptchaAnswerNames): void {
  Reflect.deleteProperty(body, key);
  Reflect.deleteProperty(body, value);
}
