import type { CaptchaAnswerNames, ResolvedCaptchaOptions } from '../types.js';

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
  request: AnsweringRequest,
  { bodyFields, headerNames }: ResolvedCaptchaOptions,
): FoundAnswer | undefined {
  return lookIn(request.body, bodyFields) ?? lookIn(request.headers, headerNames);
}

function lookIn(place: unknown, names: CaptchaAnswerNames | false): FoundAnswer | undefined {
  if (names === false || typeof place !== 'object' || place === null) return undefined;
  const key = own(place, names.key);
  const value = own(place, names.value);
  return isAbsent(key) && isAbsent(value) ? undefined : { key, value };
}

/** Own properties only: `__proto__` in a body must not answer for it. */
function own(place: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(place, name)?.value;
}

/** One header's text; nothing where it is absent. */
export function headerOf({ headers }: AnsweringRequest, name: string): string | undefined {
  const value = typeof headers === 'object' && headers !== null ? own(headers, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** An empty field of a form is an absent one. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** Takes both fields out of a body, so that `forbidNonWhitelisted` does not refuse what no DTO knows. */
export function stripAnswer(request: AnsweringRequest, { bodyFields }: ResolvedCaptchaOptions): void {
  const { body } = request;
  if (bodyFields === false || typeof body !== 'object' || body === null) return;
  Reflect.deleteProperty(body, bodyFields.key);
  Reflect.deleteProperty(body, bodyFields.value);
}
