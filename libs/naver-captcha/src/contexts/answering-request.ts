import { isObject } from '../unknown-values.js';

/** The parts of a request an answer is looked for in; whoever sent them is not trusted. */
export interface AnsweringRequest {
  readonly body?: unknown;
  readonly headers?: unknown;
}

/** One header's text; nothing where it is absent. */
export function headerOf(request: AnsweringRequest | null | undefined, name: string): string | undefined {
  const headers = request?.headers;
  const value = isObject(headers) ? own(headers, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Own properties only: `__proto__` in a body must not answer for it. */
export function own(place: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(place, name)?.value;
}
