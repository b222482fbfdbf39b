import type { CaptchaAnswerNames, ResolvedCaptchaOptions } from '../types.js';
import { isObject } from './is-object.js';
import type { Transport } from './transports/transport.js';

/** The parts of a request an answer is looked for in; whoever sent them is not trusted. */
export interface AnsweringRequest {
  readonly body?: unknown;
  readonly headers?: unknown;
}

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

/** Own properties only: `__proto__` in a body must not answer for it. */
function own(place: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(place, name)?.value;
}

/** One header's text; nothing where it is absent. */
export function headerOf(request: AnsweringRequest | null | undefined, name: string): string | undefined {
  const headers = request?.headers;
  const value = isObject(headers) ? own(headers, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** An empty field of a form is an absent one. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}
