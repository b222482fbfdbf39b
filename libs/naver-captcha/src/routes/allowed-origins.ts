import { type AnsweringRequest, headerOf } from '../contexts/context-kind.js';
import { CaptchaOriginException } from '../errors.js';
import type { QuietLogger } from '../quiet-logger.js';
import { exposedHeaders } from './exposed-headers.js';

/** Other headers are ignored, as no browser asks for more. */
const MAX_REQUESTED_HEADERS = 256;
const PREFLIGHT_SECONDS = '600';

/** Who may use the routes: pages of this origin, and of those in `routes.allowedOrigins`. */
export class AllowedOrigins {
  /** @throws RangeError if an origin is not as browsers send it */
  constructor(private readonly origins: readonly string[]) {
    const problems = origins.flatMap((origin) => problemOf(origin) ?? []);
    if (problems.length > 0) throw new RangeError(`routes.allowedOrigins: ${problems.join('; ')}.`);
  }

  /**
   * Refuses pages of other origins, since each challenge costs this site calls, and counts for the visitor's household.
   * Browsers send `Sec-Fetch-Site`; other clients can send any headers, and `issueLimit` limits them.
   * @throws CaptchaOriginException
   */
  assertAllowed(request: AnsweringRequest, logger: QuietLogger): void {
    if (this.#isNamed(request) || isOwnPage(request)) return;
    const origin = headerOf(request, 'origin') ?? 'none';
    const shown = ORIGIN.test(origin) ? origin : 'that cannot be shown';
    logger.warn(
      `CAPTCHA_ORIGIN: a page of the origin ${shown} asked for a challenge and was refused. If the page is yours, add ` +
        'its origin to routes.allowedOrigins. If it is of the same origin as the application, an old browser or plain ' +
        'HTTP compared it with the Host header: let the proxy pass that on (nginx: proxy_set_header Host $http_host).',
      // A client may name any origin.
      'CAPTCHA_ORIGIN',
    );
    throw new CaptchaOriginException({
      detail:
        'A page of another origin requested a challenge. To allow it, add its origin to routes.allowedOrigins.',
    });
  }

  /** What every reply says of other origins: a cache must not serve one origin what was for another. */
  headersFor(request: AnsweringRequest): Record<string, string> {
    if (this.origins.length === 0) return { 'Cross-Origin-Resource-Policy': 'same-origin' };
    const headers = { 'Cross-Origin-Resource-Policy': 'cross-origin', Vary: 'Origin' };
    if (!this.#isNamed(request)) return headers;
    return {
      ...headers,
      'Access-Control-Allow-Origin': headerOf(request, 'origin') ?? '',
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Expose-Headers': exposedHeaders.join(', '),
    };
  }

  /** What the reply to a preflight says besides. */
  preflightHeaders(request: AnsweringRequest): Record<string, string> {
    if (!this.#isNamed(request)) return {};
    const requested = headerOf(request, 'access-control-request-headers') ?? '';
    return {
      'Access-Control-Allow-Methods': 'GET, POST',
      'Access-Control-Allow-Headers': requested.length > MAX_REQUESTED_HEADERS ? 'content-type' : requested,
      'Access-Control-Max-Age': PREFLIGHT_SECONDS,
    };
  }

  #isNamed(request: AnsweringRequest): boolean {
    const origin = headerOf(request, 'origin');
    return origin !== undefined && this.origins.includes(origin);
  }
}

/** Another origin of the same site is another page: it must not use up the visitor's challenges. */
function isOwnPage(request: AnsweringRequest): boolean {
  const site = headerOf(request, 'sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  // Old browsers, and all browsers over plain HTTP, send Origin only. Host, over HTTP/2 :authority, is not the
  // application's own behind a proxy that rewrites it; X-Forwarded-Host is what any client says.
  const origin = headerOf(request, 'origin');
  if (origin === undefined) return true;
  const host = headerOf(request, 'host') ?? headerOf(request, ':authority');
  if (host === undefined || !URL.canParse(origin)) return false;
  const { protocol, host: hostOfOrigin } = new URL(origin);
  // With the scheme, so that a default port that a proxy added is left out.
  const own = `${protocol}//${host}`;
  return URL.canParse(own) && new URL(own).host === hostOfOrigin;
}

/** As browsers send it: scheme and host, with a port if it is not the default. Apps have schemes of their own. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@*]{1,255}$|^null$/;

/** Returns undefined if a browser can send this origin. */
function problemOf(origin: string): string | undefined {
  if (/^https?:\/\/\*/.test(origin)) {
    return `${origin} is not what a browser sends, and matches no page: list each origin by its name, such as ${origin.replace('*', 'shop')}`;
  }
  // Schemes of their own have no origin in Node.js.
  const parsed = URL.canParse(origin) ? new URL(origin).origin : origin;
  const isAsSent = ORIGIN.test(origin) && (parsed === origin || parsed === 'null');
  if (isAsSent) return undefined;
  return `${origin} must be scheme and host only, such as https://shop.example.com or capacitor://localhost, or null`;
}
