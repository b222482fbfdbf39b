import { ServerResponse } from 'node:http';

import type { ExecutionContext } from '@nestjs/common';
import onHeaders from 'on-headers';

import { isObject } from '../unknown-values.js';

/** What a response shows about the try: that it failed, that it succeeded, or neither. */
export type TryResult = 'failed' | 'succeeded' | 'neither';

/** Sent with the failure after which a captcha is needed. */
const REQUIRED_HEADER = 'X-Captcha-Required';

/** Returns true for 401 and 403, which a wrong password gets. */
export function isRefusal(statusCode: number): boolean {
  return statusCode === 401 || statusCode === 403;
}

/**
 * Calls `onEnd` when the response is finished: a log-in's 401 mostly comes from another guard, which no interceptor
 * sees. Not called if the response never finishes, so that a client gains nothing by hanging up.
 */
export function watchResponse(
  context: ExecutionContext,
  {
    isFailure,
    marksFailure,
    onEnd,
  }: {
    readonly isFailure: (statusCode: number) => boolean;
    /** Whether a failed response says that the next try needs a captcha. */
    readonly marksFailure: boolean;
    readonly onEnd: (result: TryResult) => void;
  },
): void {
  const response = nodeResponseOf(context.switchToHttp().getResponse());
  if (response === undefined) return;
  const isFailed = (): boolean => {
    try {
      return isFailure(response.statusCode);
    } catch {
      // Thrown in a listener, the application's error would end the process.
      return true;
    }
  };
  if (marksFailure) {
    onHeaders(response, () => {
      if (isFailed()) response.setHeader(REQUIRED_HEADER, '1');
    });
  }
  response.once('close', () => {
    if (!response.writableFinished) return;
    if (isFailed()) onEnd('failed');
    // A 400 or a 500 says nothing of the password.
    else onEnd(response.statusCode < 400 ? 'succeeded' : 'neither');
  });
}

/** Express passes Node's response itself, Fastify keeps it in `raw`. */
function nodeResponseOf(response: unknown): ServerResponse | undefined {
  if (response instanceof ServerResponse) return response;
  const raw = isObject(response) ? response['raw'] : undefined;
  return raw instanceof ServerResponse ? raw : undefined;
}
