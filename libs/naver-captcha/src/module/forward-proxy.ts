import type { CaptchaForwardProxy } from '../types.js';

/** The forward proxies to use, and the variables of the environment whose value is no URL of one. */
export interface FoundProxies {
  readonly proxy: CaptchaForwardProxy | undefined;
  readonly problems: readonly string[];
}

/**
 * The forward proxies between this machine and `baseUrl`: the option's, otherwise those that the environment names for
 * every program (HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in capitals or not). A `baseUrl` on this machine, such as an
 * emulator's, is called straight unless the option is given, because a proxy elsewhere cannot reach it.
 */
export function findProxies(
  baseUrl: string,
  option: string | undefined,
  environment: NodeJS.ProcessEnv,
): FoundProxies {
  if (option !== undefined) {
    return { proxy: frozen({ httpProxy: option, httpsProxy: option, noProxy: '' }), problems: [] };
  }
  if (isLoopback(new URL(baseUrl).hostname)) return { proxy: undefined, problems: [] };
  const problems: string[] = [];
  const read = (name: 'http_proxy' | 'https_proxy'): string | undefined => {
    const text = (environment[name] ?? environment[name.toUpperCase()] ?? '').trim();
    if (text === '') return undefined;
    const url = parseProxy(text);
    if (url === undefined) problems.push(`${name.toUpperCase()} ${PROXY_REMEDY}, or unset.`);
    return url;
  };
  const httpProxy = read('http_proxy');
  const httpsProxy = read('https_proxy');
  if (httpProxy === undefined && httpsProxy === undefined) return { proxy: undefined, problems };
  const noProxy = environment['no_proxy'] ?? environment['NO_PROXY'] ?? '';
  return { proxy: frozen({ httpProxy, httpsProxy, noProxy }), problems };
}

/** What a valid URL of a proxy is, to be read after a name. */
export const PROXY_REMEDY =
  'must be the http: or https: URL of a forward proxy, such as http://user:password@proxy.example:8080';

/** The URL of a proxy; one without a scheme is read as http:, as other programs do. Returns undefined if it is none. */
export function parseProxy(given: unknown): string | undefined {
  if (typeof given !== 'string') return undefined;
  const text = given.includes('://') ? given : `http://${given}`;
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, username, password } = new URL(text);
  const isProxy = (protocol === 'http:' || protocol === 'https:') && hostname !== '';
  return isProxy && isDecodable(username) && isDecodable(password) ? text : undefined;
}

/** A percent sign in a password that is not written as %25 is found now, and not by every call. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

function frozen(proxy: CaptchaForwardProxy): CaptchaForwardProxy {
  return Object.freeze(proxy);
}
