import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * Why the emulator refuses a control request that a web page in the developer's browser may have sent. Control paths
 * take no credentials, so such a page could otherwise read answers and set faults. Returns undefined if the request may pass.
 */
export function webPageRefusal(
  req: Pick<IncomingMessage, 'method' | 'headers'>,
  allowedHosts: readonly string[],
): string | undefined {
  const { host } = req.headers;
  if (host !== undefined && !isAllowedHost(host, allowedHosts)) {
    return (
      `The emulator does not answer for the host name ${JSON.stringify(nameIn(host).slice(0, 100))}, because a web page ` +
      'may have pointed it here (DNS rebinding). Use localhost or the IP address, or add the name to the option ' +
      'allowedHosts (--allowed-hosts).'
    );
  }
  if (!isSameOrigin(req)) {
    return (
      'Web pages of other origins may not send requests to the control paths of the emulator. Send them from a server ' +
      'or a test, without the headers Origin and Sec-Fetch-Site.'
    );
  }
  return undefined;
}

/** An IP address is safe: DNS rebinding needs a name. HTTP/1.0 clients send no host, browsers always do. */
function isAllowedHost(host: string, allowedHosts: readonly string[]): boolean {
  const name = nameIn(host);
  return isIP(name) !== 0 || name === 'localhost' || allowedHosts.includes(name);
}

/** The name or address in a Host header: `localhost` for `LocalHost.:4010`, `::1` for `[::1]:4010`. */
function nameIn(host: string): string {
  const [, address, name = host] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host) ?? [];
  if (address !== undefined) return isIP(address) === 6 ? address : host;
  return name.toLowerCase().replace(/\.$/, '');
}

/** Sec-Fetch-Site is missing in old browsers and on plain HTTP to other machines; Origin is sent there with every POST. */
function isSameOrigin({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none' || isFollowedLink(method, headers);
  const { origin, host = '' } = headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}

/** A visitor may follow a link to the page. A frame may not hold it, nor may a form change anything. */
const isFollowedLink = (method: string | undefined, headers: IncomingMessage['headers']): boolean =>
  method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
