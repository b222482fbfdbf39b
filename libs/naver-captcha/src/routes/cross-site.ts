import { CaptchaInvalidException } from '../errors.js';
import { type AnsweringRequest, headerOf } from '../contexts/context-kind.js';

/**
 * Refuses a page of another site that is not allowed: each challenge costs the site a call. Browsers tell by
 * Sec-Fetch-Site; whoever is no browser can say anything, and is kept by `issueLimit`.
 * @throws CaptchaInvalidException with status 403
 */
export function refuseOtherSites(request: AnsweringRequest, allowedOrigins: readonly string[]): void {
  const origin = headerOf(request, 'origin');
  if (origin === undefined || allowedOrigins.includes(origin)) return;
  const site = headerOf(request, 'sec-fetch-site');
  if (site === 'same-origin' || site === 'same-site' || site === 'none') return;
  // An old browser says where the page is from and nothing more.
  if (site === undefined && hostOf(origin) === headerOf(request, 'host')) return;
  throw new CaptchaInvalidException({
    status: 403,
    detail:
      'A page of another site asked for a challenge. List its origin in routes.allowedOrigins to allow it.',
  });
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
