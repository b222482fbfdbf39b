import {
  type CaptchaException,
  CaptchaMisconfiguredException,
  CaptchaQuotaExceededException,
  CaptchaUnavailableException,
  type CaptchaUpstream,
} from '../../errors.js';
import type { NaverPlatform } from '../../types.js';
import { isRecord } from '../../unknown-values.js';
import { PLATFORMS } from './platforms.js';
import { quotaResetsAt } from './quota-reset.js';

/** A JSON reply of NAVER's that is no answer to the request. */
export interface RefusedReply {
  readonly status: unknown;
  readonly body: Record<string, unknown> | undefined;
  /** When it arrived, in milliseconds since 1970. */
  readonly atMs: number;
}

type Meaning = 'credentials' | 'address' | 'form' | 'quota' | 'too-fast' | 'outage' | 'unexpected';

/**
 * NAVER's codes (documented or observed). NAVER Developers and the gateway of NAVER Cloud have different codes, so one
 * table serves every platform, and a baseUrl that belongs to another platform is understood as well.
 */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ['024', 'credentials'],
  ['010', 'quota'],
  ['012', 'too-fast'],
  ['CT500', 'outage'],
  ['100', 'form'],
  ['200', 'credentials'],
  ['210', 'credentials'],
  ['300', 'address'],
  ['400', 'quota'],
  ['410', 'too-fast'],
  ['420', 'too-fast'],
  ['500', 'outage'],
  ['510', 'outage'],
  ['900', 'outage'],
]);

/**
 * The error for a reply that is no answer. It repeats no text of the reply, because a proxy could put the request's
 * headers there.
 */
export function refusal({ status, body, atMs }: RefusedReply, platform: NaverPlatform): CaptchaException {
  const code = errorCode(body);
  const upstream = upstreamOf(status, code);
  const seen = `status ${upstream.status ?? 'unknown'}, code ${upstream.code ?? 'none'}`;
  const { remedy } = PLATFORMS[platform];
  // The code comes first: the same code has been seen with several statuses.
  const meaning = MEANINGS.get(code ?? '') ?? meaningOfStatus(status, code, body);
  switch (meaning) {
    case 'credentials':
      return misconfigured(`${credentialsReason(body)} ${remedy}`);
    case 'address':
      return misconfigured('The URL is wrong: remove baseUrl, or set the one of this platform.');
    case 'form':
      return new CaptchaMisconfiguredException({
        upstream,
        detail: `NAVER's gateway refuses the form of the request (${seen}). Check that baseUrl starts with https:.`,
      });
    case 'quota':
      return new CaptchaQuotaExceededException({
        upstream,
        retryAfterSeconds: Math.ceil((quotaResetsAt(atMs) - atMs) / 1000),
        detail:
          `NAVER replies that the day's quota is used up (${seen}).` +
          (code === '400'
            ? ` It replies the same if the CAPTCHA API is not ticked for the application. ${remedy}`
            : ''),
      });
    case 'too-fast':
      return new CaptchaUnavailableException({
        upstream,
        origin: 'too-fast',
        retryAfterSeconds: 1,
        detail: `NAVER replies that calls come too fast (${seen}).`,
      });
    case 'outage':
      return new CaptchaUnavailableException({
        upstream,
        detail: `NAVER failed (${seen}). There is nothing to do here; it is tried again.`,
      });
    case 'unexpected':
      return new CaptchaUnavailableException({ upstream, detail: `Unexpected reply from NAVER (${seen}).` });
    default:
      return meaning satisfies never;
  }

  function misconfigured(reason: string): CaptchaException {
    return new CaptchaMisconfiguredException({
      upstream,
      detail: `NAVER refuses this application on platform "${platform}" (${seen}). ${reason}`,
    });
  }
}

function meaningOfStatus(
  status: unknown,
  code: string | undefined,
  body: Record<string, unknown> | undefined,
): Meaning {
  if (typeof status !== 'number') return 'unexpected';
  if (status === 404 || status === 405) return 'address';
  if (status === 401) return 'credentials';
  // A 403 with a CT code or a result is about the key or the answer, not about this application.
  const isAboutTheKey = code?.startsWith('CT') === true || body?.['result'] !== undefined;
  if (status === 403 && !isAboutTheKey) return 'credentials';
  if (status === 429) return 'too-fast';
  return status >= 500 ? 'outage' : 'unexpected';
}

function credentialsReason(body: Record<string, unknown> | undefined): string {
  const text = typeof body?.['errorMessage'] === 'string' ? body['errorMessage'] : '';
  if (text.startsWith('Scope Status Invalid')) return 'The CAPTCHA API is not ticked for the application.';
  if (text.startsWith('Not Exist Client ID')) return 'The client id does not exist there.';
  return 'The id or secret is wrong, or the CAPTCHA API is not ticked for the application.';
}

/** What an exception tells of a reply. A code that does not look like one of NAVER's is not repeated. */
export function upstreamOf(status: unknown, code: string | undefined): CaptchaUpstream {
  return {
    status: typeof status === 'number' ? status : undefined,
    code: code === undefined || /^[A-Z0-9]{1,8}$/.test(code) ? code : 'unreadable',
  };
}

/** On `developers` a field of the body, at NAVER Cloud's gateway a field of its `error`; a number is read as text. */
export function errorCode(body: Record<string, unknown> | undefined): string | undefined {
  const inner = body?.['error'];
  const code = body?.['errorCode'] ?? (isRecord(inner) ? inner['errorCode'] : undefined);
  return typeof code === 'number' ? String(code) : typeof code === 'string' ? code : undefined;
}
