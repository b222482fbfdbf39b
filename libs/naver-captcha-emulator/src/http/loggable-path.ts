import { decode, splitTarget } from './query.js';

const longest = 300;
const shown = new Set(['code', 'key', 'value']);

/** A text as logs and the page may show it: not if it holds the secret, however it is encoded, and not endless. */
export function loggable(text: string, secret: string): string {
  if (text.includes(secret) || decode(text)?.includes(secret) === true) return '…';
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/**
 * A request target as logs and the page may show it: NAVER's own parameters only (NAVER Cloud's binary paths also take
 * credentials as parameters), and each only if it is loggable.
 */
export function loggablePath(target: string, secret: string): string {
  const { path, query } = splitTarget(target);
  const pairs = query.slice(0, 4 * longest).split('&');
  const kept = pairs.map((pair) => (shown.has(pair.split('=', 1)[0] ?? '') ? loggable(pair, secret) : '…'));
  const shortPath = loggable(path, secret);
  return loggable(query === '' ? shortPath : `${shortPath}?${kept.join('&')}`, secret);
}
