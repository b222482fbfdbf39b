import type { buildConnector, Dispatcher } from 'undici';

import type { CaptchaForwardProxy } from '../../types.js';
import { dropContinue } from './interim-replies.js';

/** How sockets are opened. */
export interface SocketSettings {
  readonly maxSockets: number;
  readonly timeoutMs: number;
  readonly proxy: CaptchaForwardProxy | undefined;
  /** Runs when the other side closes a socket. */
  readonly closedByPeer: () => void;
}

/**
 * Opens undici, with the first call, because undici would be most of what this module adds to the start. It keeps an
 * unused socket for 4 seconds, or until 2 seconds before the time that a `Keep-Alive` header of the other side names.
 */
export async function openSockets(settings: SocketSettings): Promise<Dispatcher> {
  const { Agent, buildConnector, EnvHttpProxyAgent, Pool } = await import('undici');
  const { maxSockets: connections, timeoutMs: timeout, proxy, closedByPeer } = settings;
  const ownConnector = buildConnector({ timeout });
  const factory = (origin: string | URL, given: object): Dispatcher => {
    const connect = withoutContinue(connectorOf(given) ?? ownConnector);
    return new Pool(origin, { ...given, connect }).on('disconnect', (_origin, _targets, error) => {
      if (error.code === 'UND_ERR_SOCKET' || error.code === 'ECONNRESET') closedByPeer();
    });
  };
  // Calls have their own deadline, so undici's timeouts are off. Only connecting has one here: it goes on after the
  // call that began it has expired, and would otherwise hold its place among the sockets for good.
  const common = { connections, pipelining: 1, headersTimeout: 0, bodyTimeout: 0, factory };
  if (proxy === undefined) return new Agent(common);
  const { httpProxy = '', httpsProxy = '', noProxy } = proxy;
  return new EnvHttpProxyAgent({
    ...common,
    httpProxy,
    httpsProxy,
    noProxy,
    proxyTls: { timeout },
    requestTls: { timeout },
    clientFactory: (url, given) => new Pool(url, { ...given, headersTimeout: timeout }),
  });
}

/** The connector that a ProxyAgent gives to its sockets. Returns undefined if there is none. */
function connectorOf(given: object): buildConnector.connector | undefined {
  const { connect }: { readonly connect?: unknown } = given;
  return isConnector(connect) ? connect : undefined;
}

function isConnector(connect: unknown): connect is buildConnector.connector {
  return typeof connect === 'function';
}

function withoutContinue(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    connect(options, (...result) => {
      const [error, socket] = result;
      if (error === null) dropContinue(socket);
      callback(...result);
    });
  };
}
