import {
  CaptchaExpiredException,
  CaptchaInvalidException,
  CaptchaMisconfiguredException,
  CaptchaQuotaExceededException,
  CaptchaUnavailableException,
} from '../../errors.js';
import { NAVER_KEY_PATTERN } from '../../naver-facts.js';
import type { CaptchaKind, CaptchaMedia, NaverPlatform } from '../../types.js';
import { isRecord } from '../../unknown-values.js';
import { PLATFORMS } from './platforms.js';
import { quotaResetsAt } from './quota-reset.js';

/** A reply as it arrived, not checked yet. */
export interface NaverReply {
  readonly status: unknown;
  readonly data: unknown;
}

/** A reply and when it arrived, in milliseconds since 1970. */
export interface TimedReply extends NaverReply {
  readonly atMs: number;
}

/** What NAVER says about an answer. Visitors read another sentence for each of the three refusals. */
export type NaverComparison =
  | { readonly result: 'right'; readonly responseTimeSeconds?: number }
  | { readonly result: 'wrong'; readonly responseTimeSeconds?: number }
  /** CT001: NAVER does not know the key, or no longer knows it. */
  | { readonly result: 'unknown-key' }
  /** CT002: the picture or sound was never fetched for this key. */
  | { readonly result: 'never-fetched' };

/** Reads the reply to "issue a key". */
export function readIssuedKey(reply: TimedReply, platform: NaverPlatform): string {
  const body = parseObject(reply.data);
  // NAVER labels this JSON as text/plain, so the content decides and not the content type.
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

/** Reads the reply to "compare". NAVER sends wrong answers and unknown keys with status 200 or 403 (observed). */
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

/** Documented once as a string and once as a number; -1 if NAVER does not know it. */
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
 * The error for a reply that is no answer. It repeats no text of the reply, because a proxy could put the request's
 * headers there.
 */
function refusal(
  reply: TimedReply,
  body: Record<string, unknown> | undefined,
  platform: NaverPlatform,
): Error {
  const { status } = reply;
  const code = errorCode(body);
  const seen = `status ${typeof status === 'number' ? String(status) : 'unknown'}, code ${shown(code)}`;

  // A 403 with a CT code or a result is about the key or the answer, not about this application.
  const aboutTheKey = code?.startsWith('CT') === true || body?.['result'] !== undefined;
  if (status === 401 || status === 404 || status === 405 || (status === 403 && !aboutTheKey)) {
    return new CaptchaMisconfiguredException({
      detail: `NAVER refuses this application on platform "${platform}" (${seen}). ${reason(status, body, platform)}`,
    });
  }
  if (status === 400 && platform !== 'developers' && code === '100') {
    return new CaptchaMisconfiguredException({
      detail: `NAVER's gateway refuses the form of the request (${seen}). Check that baseUrl starts with https:.`,
    });
  }
  if (status === 429) {
    const quotaCode = platform === 'developers' ? '010' : '400';
    if (code === quotaCode) {
      return new CaptchaQuotaExceededException({
        retryAfterSeconds: Math.ceil((quotaResetsAt(reply.atMs) - reply.atMs) / 1000),
        detail:
          `NAVER replies that the day's quota is used up (${seen}).` +
          (platform === 'developers'
            ? ''
            : ' It replies the same if the CAPTCHA API is not ticked for the application. ' +
              PLATFORMS[platform].remedy),
      });
    }
    return new CaptchaUnavailableException({
      origin: 'too-fast',
      retryAfterSeconds: 1,
      detail: `NAVER replies that calls come too fast (${seen}).`,
    });
  }
  if (typeof status === 'number' && status >= 500) {
    return new CaptchaUnavailableException({ detail: `NAVER failed (${seen}).` });
  }
  return new CaptchaUnavailableException({ detail: `Unexpected reply from NAVER (${seen}).` });
}

function reason(status: number, body: Record<string, unknown> | undefined, platform: NaverPlatform): string {
  if (status === 404 || status === 405) {
    return 'The URL is wrong: remove baseUrl, or set the one of this platform.';
  }
  const { remedy } = PLATFORMS[platform];
  const text = typeof body?.['errorMessage'] === 'string' ? body['errorMessage'] : '';
  if (text.startsWith('Scope Status Invalid'))
    return `The CAPTCHA API is not ticked for the application. ${remedy}`;
  if (text.startsWith('Not Exist Client ID')) return `The client id does not exist there. ${remedy}`;
  return `The id or secret is wrong, or the CAPTCHA API is not ticked for the application. ${remedy}`;
}

/** On `developers` a field of the body, at NAVER Cloud's gateway a field of its `error`; a number is read as text. */
function errorCode(body: Record<string, unknown> | undefined): string | undefined {
  const inner = body?.['error'];
  const code = body?.['errorCode'] ?? (isRecord(inner) ? inner['errorCode'] : undefined);
  return typeof code === 'number' ? String(code) : typeof code === 'string' ? code : undefined;
}

function shown(code: string | undefined): string {
  return code === undefined ? 'none' : /^[A-Z0-9]{1,8}$/.test(code) ? code : 'unreadable';
}

function parseObject(data: unknown): Record<string, unknown> | undefined {
  if (isRecord(data) && !(data instanceof Uint8Array)) return data;
  const text = data instanceof Uint8Array ? new TextDecoder().decode(data) : data;
  if (typeof text !== 'string') return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
