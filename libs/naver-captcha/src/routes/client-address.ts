import { type AnsweringRequest, headerOf } from '../contexts/context-kind.js';
import { clientOf, isPrivate, toAddress } from '../limits/household.js';
import type { QuietLogger } from '../quiet-logger.js';

/** The fields of a request of Express and of Fastify from which its address comes. */
export interface AddressedRequest extends AnsweringRequest {
  /** Express only. */
  readonly app?: unknown;
  readonly socket?: { readonly remoteAddress?: string | undefined } | undefined;
}

const SAFE_FORM =
  "app.set('trust proxy', ['loopback', '10.0.0.0/8']) on Express, " +
  "new FastifyAdapter({ trustProxy: ['loopback', '10.0.0.0/8'] }) on Fastify, with the addresses or networks of your " +
  'own proxies (README, "Behind a proxy")';

/** Finds the addresses of clients, and warns if the application trusts the wrong proxies. */
export class ClientAddresses {
  #isTrustChecked = false;

  constructor(private readonly logger: QuietLogger) {}

  /** The address of the client without its port; `unknown` if the request has none, so that all of those share a limit. */
  addressOf(request: AddressedRequest): string {
    if (!this.#isTrustChecked) {
      this.#isTrustChecked = true;
      if (trustsEveryAddress(request)) this.#warnOfTrust();
    }
    if (comesThroughUntrustedProxy(request)) this.#warnOfDistrust();
    return clientOf(request.ip);
  }

  #warnOfTrust(): void {
    this.logger.warnOnce(
      "CAPTCHA_PROXY: the application trusts every proxy ('trust proxy' or trustProxy is true), so a client that sends " +
        `X-Forwarded-For chooses its own address and avoids issueLimit. Trust your own proxies only: ${SAFE_FORM}.`,
    );
  }

  #warnOfDistrust(): void {
    this.logger.warnOnce(
      'CAPTCHA_PROXY: a proxy at a private address sends X-Forwarded-For, and the application does not trust it, so all ' +
        `visitors behind it share one issueLimit. If the proxy is yours, trust it: ${SAFE_FORM}. Never trust every ` +
        'address (true): a client could then choose its own.',
    );
  }
}

/** A public address that is not trusted is a client, which can send any header; only a private one is a proxy of ours. */
function comesThroughUntrustedProxy(request: AddressedRequest): boolean {
  const forwarded = headerOf(request, 'x-forwarded-for');
  if (forwarded === undefined) return false;
  const peer = toAddress(request.socket?.remoteAddress);
  if (peer === undefined || !isPrivate(peer)) return false;
  const client = toAddress(request.ip);
  const first = toAddress(forwarded.slice(0, MAX_FORWARDED).split(',')[0]);
  const isDistrusted = client?.toString() === peer.toString();
  return isDistrusted && first !== undefined && first.toString() !== peer.toString();
}

/** No address with port and zone is longer. */
const MAX_FORWARDED = 100;

/**
 * Asks the framework for the address of a made-up request that claims 32 proxies with public addresses: only an
 * application that trusts every address believes all of them. Neither framework shows this setting otherwise.
 */
function trustsEveryAddress(request: AddressedRequest): boolean {
  const claimed = Array.from({ length: 32 }, (_, at) => `198.51.100.${at}`);
  const madeUp = {
    headers: { 'x-forwarded-for': claimed.join(', ') },
    socket: { remoteAddress: '203.0.113.1' },
  };
  try {
    const ip: unknown = Reflect.get(request, 'ip', { ...madeUp, raw: madeUp, app: request.app });
    return ip === claimed[0];
  } catch {
    return false;
  }
}
