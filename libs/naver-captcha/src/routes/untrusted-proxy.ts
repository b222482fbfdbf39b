import { isIP } from 'node:net';

import type { QuietLogger } from '../quiet-logger.js';
import { type AnsweringRequest, headerOf } from '../contexts/context-kind.js';

/** The address fields that requests of Express and of Fastify have. */
export interface AddressedRequest extends AnsweringRequest {
  readonly ip?: unknown;
  readonly socket?: { readonly remoteAddress?: string | undefined } | undefined;
}

/**
 * The address of the client. Warns if a proxy sends X-Forwarded-For and the application does not trust it: all clients
 * then have the proxy's address, and share one limit.
 */
export function addressOf(request: AddressedRequest, logger: QuietLogger): string {
  const ip = typeof request.ip === 'string' ? request.ip : undefined;
  const forwarded = headerOf(request, 'x-forwarded-for')?.split(',')[0]?.trim() ?? '';
  if (isIP(forwarded) !== 0 && ip === request.socket?.remoteAddress && ip !== forwarded) {
    logger.warnOnce(
      'CAPTCHA_PROXY: a request has X-Forwarded-For, and the application trusts no proxy, so all visitors behind the ' +
        "proxy share one issueLimit. If a proxy is in front of the application, trust it: app.set('trust proxy', 1) " +
        'on Express, new FastifyAdapter({ trustProxy: true }) on Fastify.',
    );
  }
  // A socket that was reset has no address any more; a client that disconnects must not avoid the limit.
  return ip ?? 'unknown';
}
