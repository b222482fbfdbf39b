import { splitTarget } from './query.js';

const longest = 300;
const shown = new Set(['code', 'key', 'value']);

/**
 * A request target as logs and the page may show it: NAVER's own parameters only (NAVER Cloud's binary paths also take
 * credentials as parameters), nothing that holds the secret, and not endless.
 */
export function loggablePath(target: string, secret: string): string {
  const { path, query } = splitTarget(target);
  const kept = query
    .slice(0, 4 * longest)
    .split('&')
    .map((pair) => (shown.has(pair.split('=', 1)[0] ?? '') || pair === '' ? pair : '…'));
  const text = `${path}${query === '' ? '' : `?${kept.join('&')}`}`.replaceAll(secret, '…');
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
