import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

import type { ExecutionContext } from '@nestjs/common';
import onHeaders from 'on-headers';

import { isObject } from '../unknown-values.js';
import type { CaptchaAfterFailures } from './captcha-requirement.js';

/** What a response shows about the try: that it failed, that it succeeded, or neither. */
export type TryResult = 'failed' | 'succeeded' | 'neither';

/** Sent with the failure after which a captcha is needed. */
const REQUIRED_HEADER = 'X-Captcha-Required';

/** What is watched of a response, whatever its class: of HTTP/1, HTTP/2, `app.inject()` or a serverless adapter. */
const METHODS = ['once', 'setHeader', 'getHeaders', 'writeHead'] as const satisfies (keyof ServerResponse)[];

export interface ResponseWatch {
  /** The application's; undefined means that every status from 400 is a failure. */
  readonly isFailure: CaptchaAfterFailures['isFailure'];
  /** Whether a failed response says that the next try needs a captcha. */
  readonly marksFailure: boolean;
  /** The `Set-Cookie` headers to add to the response of a success; undefined if there are none. */
  readonly successCookies: (() => readonly string[]) | undefined;
  readonly onEnd: (result: TryResult) => void;
}

/**
 * Calls `onEnd` when the handler has ended the response: a log-in's 401 mostly comes from another guard, which no
 * interceptor sees. Not called if the response never ends, so that a client gains nothing by hanging up.
 * @returns false if responses of this kind cannot be watched
 */
export function watchResponse(
  context: ExecutionContext,
  { isFailure, marksFailure, successCookies, onEnd }: ResponseWatch,
): boolean {
  const response = nodeResponseOf(context.switchToHttp().getResponse());
  if (response === undefined) return false;
  const resultNow = (): TryResult => resultOf(response.statusCode, () => response.getHeaders(), isFailure);
  // Also if only the application reads the headers: Fastify passes them to writeHead(), where getHeaders() misses them.
  if (marksFailure || isFailure !== undefined || successCookies !== undefined) {
    onHeaders(response, () => {
      if (!marksFailure && successCookies === undefined) return;
      const result = resultNow();
      if (marksFailure && result === 'failed') response.setHeader(REQUIRED_HEADER, '1');
      if (successCookies !== undefined && result === 'succeeded') addCookies(response, successCookies());
    });
  }
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    // Later, as a serverless adapter emits 'finish' before end() is over.
    process.nextTick(() => {
      // HTTP/2 emits 'finish' also if the client hangs up, when the status is still the default 200.
      if (response.writableEnded) onEnd(resultNow());
    });
  };
  // Serverless adapters emit no 'close', and app.inject() emits 'close' in place of a flush.
  response.once('finish', end);
  response.once('close', end);
  return true;
}

/** Keeps the cookies that the application sets. */
function addCookies(response: ServerResponse, cookies: readonly string[]): void {
  const { 'set-cookie': present = [] } = response.getHeaders();
  response.setHeader('Set-Cookie', [present, ...cookies].flat());
}

/** The result of a complete response. A failure unless the status, or the application, says that it is none. */
function resultOf(
  statusCode: number,
  headers: () => OutgoingHttpHeaders,
  isFailure: ResponseWatch['isFailure'],
): TryResult {
  const isSuccess = statusCode >= 200 && statusCode < 400;
  if (isFailure === undefined) return isSuccess ? 'succeeded' : 'failed';
  try {
    if (isFailure(statusCode, { headers: headers() })) return 'failed';
  } catch {
    // Thrown in a listener, the application's error would end the process.
    return 'failed';
  }
  // The application says that a 400 or a 500 is no wrong password, which does not make it a right one.
  return isSuccess ? 'succeeded' : 'neither';
}

/** Express passes Node's response itself, Fastify keeps it in `raw`. */
function nodeResponseOf(response: unknown): ServerResponse | undefined {
  const raw = isObject(response) ? response['raw'] : undefined;
  return [raw, response].find(isNodeResponse);
}

function isNodeResponse(value: unknown): value is ServerResponse {
  if (!isObject(value) || typeof value['writableEnded'] !== 'boolean') return false;
  return (
    typeof value['statusCode'] === 'number' && METHODS.every((method) => typeof value[method] === 'function')
  );
}
