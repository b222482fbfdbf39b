import { StreamableFile } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';

import { isObject } from '../unknown-values.js';

type HttpAdapter = HttpAdapterHost['httpAdapter'];
type Headers = Readonly<Record<string, string>>;

/** What a route sends. */
export interface RouteReply {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined for a reply without a body. */
  readonly body: Buffer | undefined;
  /** What the body says, for interceptors that look at what handlers return. */
  readonly value?: object;
}

export function jsonReply(status: number, value: object): RouteReply {
  const headers = { 'Content-Type': 'application/json; charset=utf-8' };
  return { status, headers, body: Buffer.from(JSON.stringify(value)), value };
}

/**
 * Sends a reply. As a stream, so that no hook for JSON changes it, and that interceptors which set headers after the
 * handler find them unsent on Express, where they would throw otherwise.
 * @returns what the handler returns; Nest does not send it
 */
export function sendReply(
  adapter: HttpAdapter,
  response: unknown,
  { status, headers, body, value }: RouteReply,
): unknown {
  setHeaders(adapter, response, headers);
  const file =
    body === undefined
      ? undefined
      : new StreamableFile(body, { length: body.length, type: headers['Content-Type'] ?? '' });
  adapter.reply(response, file, status);
  return value ?? file;
}

/** Sets headers; what the application varies its replies by is kept. */
export function setHeaders(adapter: HttpAdapter, response: unknown, headers: Headers): void {
  for (const [name, value] of Object.entries(headers)) {
    adapter.setHeader(response, name, name === 'Vary' ? joinedVary(response, value) : value);
  }
}

function joinedVary(response: unknown, name: string): string {
  const getHeader = isObject(response) ? response['getHeader'] : undefined;
  const existing: unknown =
    typeof getHeader === 'function' ? Reflect.apply(getHeader, response, ['Vary']) : undefined;
  const names = [existing]
    .flat()
    .flatMap((given) => (typeof given === 'string' ? given.split(/\s*,\s*/) : []));
  const isThere = names.some((given) => given === '*' || given.toLowerCase() === name.toLowerCase());
  return [...names, ...(isThere ? [] : [name])].join(', ');
}
