import {
  CaptchaExpiredException,
  CaptchaInvalidException,
  CaptchaMisconfiguredException,
  CaptchaQuotaExceededException,
  CaptchaUnavailableException,
} from '../../errors.js';
import type { CaptchaKind, CaptchaMedia, NaverPlatform } from '../../types.js';
import { PLATFORMS } from './platforms.js';
import { quotaResetsAt } from './quota-reset.js';

/** A reply as it came: nothing of it is trusted yet. */
export interface NaverReply {
  readonly status: unknown;
  readonly data: unknown;
}

/** A reply and when it came, in milliseconds since 1970. */
export interface TimedReply extends NaverReply {
  readonly atMs: number;
}

/** What NAVER says of an answer. Each of the three refusals asks for another sentence to the person. */
export type NaverComparison =
  | { readonly result: 'right'; readonly responseTimeSeconds?: number }
  | { readonly result: 'wrong'; readonly responseTimeSeconds?: number }
  /** CT001: NAVER does not know the key, or no longer. */
  | { readonly result: 'unknown-key' }
  /** CT002: the picture or sound was never fetched for this key. */
  | { readonly result: 'never-fetched' };

/** Keys seen are 16 letters and digits (documented and observed); a little room is left on both sides. */
export const NAVER_KEY_PATTERN = /^[A-Za-z0-9]{8,32}$/;

/** Reads the reply to "issue a key". */
export function readIssuedKey(reply: TimedReply, platform: NaverPlatform): string {
  const body = parseObject(reply.data);
  // Labelled text/plain by NAVER: the content decides, not the label.
  if (reply.status === 200 && typeof body?.['key'] === 'string' && NAVER_KEY_PATTERN.test(body['key'])) {
    return body['key'];
  }
  throw refusal(reply, body, platform);
}

/** Reads the reply to "fetch the picture" or "fetch the sound". */
export function readMedia(reply: TimedReply, kind: CaptchaKind, platform: NaverPlatform): CaptchaMedia {
  if (reply.status === 200 && reply.data instanceof Uint8Array) {
    const body = Buffer.from(reply.data.buffer, reply.data.byteOffset, reply.data.byteLength);
    if (kind === 'image' ? isJpeg(body) : isWav(body)) {
      return { contentType: kind === 'image' ? 'image/jpeg' : 'audio/wav', body };
    }
  }
  const body = parseObject(reply.data);
  const code = errorCode(body);
  if (code === 'CT001')
    throw new CaptchaExpiredException({ detail: 'NAVER does not know this key (CT001).' });
  if (code === 'CT002')
    throw new CaptchaInvalidException({ detail: 'NAVER has no media for this key (CT002).' });
  throw refusal(reply, body, platform);
}

/** Reads the reply to "compare". A wrong answer and an unknown key both come with 200 or 403 (observed). */
export function readComparison(reply: TimedReply, platform: NaverPlatform): NaverComparison {
  const body = parseObject(reply.data);
  const { status } = reply;
  if (body !== undefined && (status === 200 || status === 400 || status === 403)) {
    const code = errorCode(body);
    if (code === 'CT001') return { result: 'unknown-key' };
    if (code === 'CT002') return { result: 'never-fetched' };
    if (code === undefined && body['result'] === true && status === 200) {
      return { result: 'right', ...responseTime(body['responseTime']) };
    }
    if (code === undefined && body['result'] === false) {
      return { result: 'wrong', ...responseTime(body['responseTime']) };
    }
  }
  throw refusal(reply, body, platform);
}

/** Documented once as a string and once as a number; -1 where NAVER cannot tell. */
function responseTime(given: unknown): { responseTimeSeconds?: number } {
  const seconds = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0
    ? { responseTimeSeconds: seconds }
    : {};
}

function isJpeg(body: Buffer): boolean {
  return body.length > 3 && body.readUIntBE(0, 3) === 0xffd8ff;
}

function isWav(body: Buffer): boolean {
  return (
    body.length > 12 && body.toString('latin1', 0, 4) === 'RIFF' && body.toString('latin1', 8, 12) === 'WAVE'
  );
}

/**
 * Why a reply that is no answer came. Nothing of NAVER's text is repeated: a proxy in between could echo headers.
 */
function refusal(
  reply: TimedReply,
  body: Record<string, unknown> | undefined,
  platform: NaverPlatform,
): Error {
  const { status } = reply;
  const code = errorCode(body);
  const seen = `status ${typeof status === 'number' ? String(status) : 'unknown'}, code ${shown(code)}`;

  // A 403 that speaks of a key or of an answer is about those, not about this application.
  const aboutTheKey = code?.startsWith('CT') === true || body?.['result'] !== undefined;
  if (status === 401 || status === 404 || status === 405 || (status === 403 && !aboutTheKey)) {
    return new CaptchaMisconfiguredException({
      detail: `NAVER refuses this application on platform "${platform}" (${seen}). ${reason(status, body, platform)}`,
    });
  }
  if (status === 400 && platform !== 'developers' && code === '100') {
    return new CaptchaMisconfiguredException({
      detail: `NAVER's gateway refuses the request's form (${seen}). See that baseUrl starts with https.`,
    });
  }
  if (status === 429) {
    const quotaCode = platform === 'developers' ? '010' : '400';
    if (code === quotaCode) {
      return new CaptchaQuotaExceededException({
        retryAfterSeconds: Math.ceil((quotaResetsAt(reply.atMs) - reply.atMs) / 1000),
        detail:
          `NAVER says that the day's quota is used up (${seen}).` +
          (platform === 'developers'
            ? ''
            : ' It says the same when the CAPTCHA API is not ticked for the application. ' +
              PLATFORMS[platform].remedy),
      });
    }
    return new CaptchaUnavailableException({
      origin: 'too-fast',
      retryAfterSeconds: 1,
      detail: `NAVER says that calls come too fast (${seen}).`,
    });
  }
  if (typeof status === 'number' && status >= 500) {
    return new CaptchaUnavailableException({ detail: `NAVER has a fault of its own (${seen}).` });
  }
  return new CaptchaUnavailableException({ detail: `Unexpected reply from NAVER (${seen}).` });
}

function reason(status: number, body: Record<string, unknown> | undefined, platform: NaverPlatform): string {
  if (status === 404 || status === 405) {
    return 'The URL is wrong: compare baseUrl with the platform, or leave it out.';
  }
  const { remedy } = PLATFORMS[platform];
  const text = typeof body?.['errorMessage'] === 'string' ? body['errorMessage'] : '';
  if (text.startsWith('Scope Status Invalid'))
    return `The CAPTCHA API is not ticked for the application. ${remedy}`;
  if (text.startsWith('Not Exist Client ID')) return `The client id does not exist there. ${remedy}`;
  return `The id or secret is wrong, or the CAPTCHA API is not ticked for the application. ${remedy}`;
}

/** `errorCode` beside the rest on `developers`, inside `error` at NAVER Cloud's gateway; a number is read as text. */
function errorCode(body: Record<string, unknown> | undefined): string | undefined {
  const inner = body?.['error'];
  const code = body?.['errorCode'] ?? (isObject(inner) ? inner['errorCode'] : undefined);
  return typeof code === 'number' ? String(code) : typeof code === 'string' ? code : undefined;
}

function shown(code: string | undefined): string {
  return code === undefined ? 'none' : /^[A-Z0-9]{1,8}$/.test(code) ? code : 'unreadable';
}

function parseObject(data: unknown): Record<string, unknown> | undefined {
  if (isObject(data) && !(data instanceof Uint8Array)) return data;
  const text = data instanceof Uint8Array ? new TextDecoder().decode(data) : data;
  if (typeof text !== 'string') return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
