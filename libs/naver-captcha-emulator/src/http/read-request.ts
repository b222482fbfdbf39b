import type { IncomingMessage } from 'node:http';
import type { Credentials } from '../core/naver-rules.js';
import { credentialNames, type Endpoint } from '../protocol/endpoints.js';

/** A request target, split at its first question mark. */
export function splitTarget(target: string): { path: string; query: string } {
  const at = target.indexOf('?');
  return at === -1 ? { path: target, query: '' } : { path: target.slice(0, at), query: target.slice(at + 1) };
}

/**
 * The first value of each parameter. Returns undefined if one cannot be decoded, where URLSearchParams would silently
 * replace characters.
 */
export function parseQuery(query: string): ReadonlyMap<string, string> | undefined {
  const parameters = new Map<string, string>();
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const name = decode(at === -1 ? pair : pair.slice(0, at));
    const value = decode(at === -1 ? '' : pair.slice(at + 1));
    if (name === undefined || value === undefined) return undefined;
    if (!parameters.has(name)) parameters.set(name, value);
  }
  return parameters;
}

/** Returns undefined if the percent-encoding or its UTF-8 is broken. */
export function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** From the headers. On NAVER Cloud's media paths also from query parameters of the same names (documented). */
export function readCredentials(
  req: IncomingMessage,
  { platform, serves }: Endpoint,
  query: ReadonlyMap<string, string>,
): Credentials {
  const names = credentialNames[platform];
  const inQuery = new Map<string, string>();
  if (platform === 'ncloud' && serves === 'media') {
    for (const [name, value] of query) inQuery.set(name.toLowerCase(), value);
  }
  const read = (name: string): string | undefined => {
    const header = req.headers[name];
    return typeof header === 'string' ? header : inQuery.get(name);
  };
  return { id: read(names.id), secret: read(names.secret) };
}

const mostBodyBytes = 65_536;

/** The body as text. Returns undefined if it is longer than any valid fault. */
export async function readBody(req: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of req) {
    if (!(chunk instanceof Buffer)) continue;
    length += chunk.length;
    // The rest is read and dropped: a caller that is still sending would not read the reply.
    if (length <= mostBodyBytes) chunks.push(chunk);
  }
  return length > mostBodyBytes ? undefined : Buffer.concat(chunks).toString();
}
