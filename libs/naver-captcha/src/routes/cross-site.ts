import { CaptchaInvalidException } from '../errors.js';
import { type AnsweringRequest, headerOf } from '../contexts/context-kind.js';

/**
 * Refuses pages of other sites that are not allowed, because each challenge costs this site a call. Browsers send
 * `Sec-Fetch-Site`; other clients can send any headers, and `issueLimit` limits them.
 * @throws CaptchaInvalidException with status 403
 */
export function refuseOtherSites(request: AnsweringRequest, allowedOrigins: readonly string[]): void {
  const origin = headerOf(request, 'origin');
  if (origin === undefined || allowedOrigins.includes(origin)) return;
  const site = headerOf(request, 'sec-fetch-site');
  if (site === 'same-origin' || site === 'same-site' || site === 'none') return;
  // Old browsers send Origin only.
  if (site === undefined && hostOf(origin) === headerOf(request, 'host')) return;
  throw new CaptchaInvalidException({
    status: 403,
    detail:
      'A page of another site requested a challenge. To allow it, add its origin to routes.allowedOrigins.',
  });
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
