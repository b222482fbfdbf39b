import { ServerResponse } from 'node:http';

import type { ExecutionContext } from '@nestjs/common';
import onHeaders from 'on-headers';

import type { CountedTry } from '../limits/failures.js';

/** Told to the page with the failure after which a captcha is needed. */
const REQUIRED_HEADER = 'X-Captcha-Required';

/** 401 and 403: what a wrong password gets. */
export function isRefusal(statusCode: number): boolean {
  return statusCode === 401 || statusCode === 403;
}

/**
 * Ends a counted try by the status of the finished response: a log-in's 401 mostly comes from another guard, which no
 * interceptor sees. A response that never finishes leaves the count as it is, so that hanging up is no way around it.
 */
export function watchResponse(
  context: ExecutionContext,
  counted: CountedTry,
  isFailure: (statusCode: number) => boolean,
  report: (error: unknown) => void,
): void {
  const response = rawResponse(context.switchToHttp().getResponse());
  if (response === undefined) return;
  const isFailed = (): boolean => {
    try {
      return isFailure(response.statusCode);
    } catch {
      // Thrown in a listener it would end the process.
      return true;
    }
  };
  if (counted.last || counted.demanded) {
    onHeaders(response, () => {
      if (isFailed()) response.setHeader(REQUIRED_HEADER, '1');
    });
  }
  response.once('close', () => {
    if (!response.writableFinished || isFailed()) return;
    // A 400 or a 500 is neither: the try is taken back, and earlier failures stay.
    const end = response.statusCode < 400 ? counted.succeed() : counted.takeBack();
    end.catch(report);
  });
}

/** Express has Node's response itself, Fastify keeps it in `raw`. */
function rawResponse(response: unknown): ServerResponse | undefined {
  if (response instanceof ServerResponse) return response;
  const raw: unknown =
    typeof response === 'object' && response !== null && 'raw' in response ? response.raw : undefined;
  return raw instanceof ServerResponse ? raw : undefined;
}
