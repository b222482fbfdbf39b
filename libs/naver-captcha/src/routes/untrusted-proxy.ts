import { isIP } from 'node:net';

import type { QuietLogger } from '../quiet-logger.js';
import { type AnsweringRequest, headerOf } from '../contexts/context-kind.js';

/** A request as Express and Fastify both have it. */
export interface AddressedRequest extends AnsweringRequest {
  readonly ip?: unknown;
  readonly socket?: { readonly remoteAddress?: string | undefined } | undefined;
}

/**
 * Who asks. Where a proxy names the client and the application does not trust it, everybody has the proxy's address:
 * that is warned of, for all people would share one limit.
 */
export function addressOf(request: AddressedRequest, logger: QuietLogger): string {
  const ip = typeof request.ip === 'string' ? request.ip : undefined;
  const forwarded = headerOf(request, 'x-forwarded-for')?.split(',')[0]?.trim() ?? '';
  if (isIP(forwarded) !== 0 && ip === request.socket?.remoteAddress && ip !== forwarded) {
    logger.warnOnce(
      'CAPTCHA_PROXY: X-Forwarded-For is sent and no proxy is trusted, so all people behind it share one issueLimit. ' +
        "Where the application stands behind a proxy, tell it so: app.set('trust proxy', 1) on Express, " +
        'new FastifyAdapter({ trustProxy: true }) on Fastify.',
    );
  }
  // A socket that was reset has no address any more: hanging up must not be a way around the limit.
  return ip ?? 'unknown';
}
