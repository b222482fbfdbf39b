import type { IncomingMessage } from 'node:http';
import { credentialNames, type Endpoint } from '../data/endpoints.js';
import type { Credentials } from '../rules/credentials.js';

/** From the headers; on NAVER Cloud's binary paths from the query too, under the same names (documented). */
export function credentialsOf(
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
