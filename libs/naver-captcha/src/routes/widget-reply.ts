import { type AnsweringRequest, headerOf } from '../contexts/context-kind.js';
import { isObject } from '../unknown-values.js';
import type { RouteReply } from './route-reply.js';

const YEAR = 'public, max-age=31536000, immutable';
const DAY = 'public, max-age=86400';

type ScriptRequest = AnsweringRequest & { readonly query?: unknown };

/** The script of the widget. */
export async function widgetReply(request: ScriptRequest): Promise<RouteReply> {
  // Loaded with the first request, so that an application whose page bundles the widget does not keep it in memory.
  const { source, hash } = await import('naver-captcha-widget/source');
  return scriptReply(request, source, hash);
}

/** The script that the widget loads when the first puzzle comes. */
export async function solverReply(request: ScriptRequest): Promise<RouteReply> {
  const { solverSource, solverHash } = await import('naver-captcha-widget/source');
  return scriptReply(request, solverSource, solverHash);
}

/** Without a body if the browser has the script already. */
function scriptReply(request: ScriptRequest, source: string, hash: string): RouteReply {
  const etag = `"${hash}"`;
  const headers = {
    ETag: etag,
    'Cache-Control': isObject(request.query) && request.query['v'] === hash ? YEAR : DAY,
    'Content-Type': 'text/javascript; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
  };
  const isKnown = headerOf(request, 'if-none-match')?.includes(etag) === true;
  return isKnown
    ? { status: 304, headers, body: undefined }
    : { status: 200, headers, body: Buffer.from(source) };
}
