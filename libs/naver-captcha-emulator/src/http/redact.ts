import { decode, splitTarget } from './read-request.js';

const longest = 300;
const shownParameters = new Set(['code', 'key', 'value']);

/** The text as logs and the page may show it: hidden if it contains the secret in any encoding, and shortened. */
export function redact(text: string, secret: string): string {
  if (text.includes(secret) || decode(text)?.includes(secret) === true) return '…';
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/**
 * A request target as logs and the page may show it. Only the parameters of NAVER's calls are shown, because callers of
 * NAVER Cloud's media paths may also send credentials as parameters.
 */
export function redactTarget(target: string, secret: string): string {
  const { path, query } = splitTarget(target);
  const pairs = query.slice(0, 4 * longest).split('&');
  const shown = pairs.map((pair) =>
    shownParameters.has(pair.split('=', 1)[0] ?? '') ? redact(pair, secret) : '…',
  );
  const shortPath = redact(path, secret);
  return redact(query === '' ? shortPath : `${shortPath}?${shown.join('&')}`, secret);
}
