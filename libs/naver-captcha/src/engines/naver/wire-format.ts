import { CaptchaExpiredException, CaptchaInvalidException } from '../../errors.js';
import { NAVER_KEY_PATTERN } from '../../naver-facts.js';
import type { CaptchaMediaKind, CaptchaMedia, NaverPlatform } from '../../types.js';
import { isRecord } from '../../unknown-values.js';
import { errorCode, refusal, upstreamOf } from './refusal.js';

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
  throw refusal({ ...reply, body }, platform);
}

/** Reads the reply to "fetch the picture" or "fetch the sound". */
export function readMedia(reply: TimedReply, kind: CaptchaMediaKind, platform: NaverPlatform): CaptchaMedia {
  if (reply.status === 200 && reply.data instanceof Uint8Array) {
    const body = Buffer.from(reply.data.buffer, reply.data.byteOffset, reply.data.byteLength);
    if (kind === 'image' ? isJpeg(body) : isWav(body)) {
      return { contentType: kind === 'image' ? 'image/jpeg' : 'audio/wav', body };
    }
  }
  const body = parseObject(reply.data);
  const code = errorCode(body);
  const upstream = upstreamOf(reply.status, code);
  if (code === 'CT001')
    throw new CaptchaExpiredException({ upstream, detail: 'NAVER does not know this key (CT001).' });
  if (code === 'CT002')
    throw new CaptchaInvalidException({ upstream, detail: 'NAVER has no media for this key (CT002).' });
  throw refusal({ ...reply, body }, platform);
}

/** Reads the reply to "compare". NAVER sends wrong answers and unknown keys with status 200 or 403 (observed). */
export function readComparison(reply: TimedReply, platform: NaverPlatform): NaverComparison {
  const body = parseObject(reply.data);
  const { status } = reply;
  const code = errorCode(body);
  if (code === 'CT001') return { result: 'unknown-key' };
  if (code === 'CT002') return { result: 'never-fetched' };
  if (body !== undefined && code === undefined) {
    if (body['result'] === true && status === 200) {
      return { result: 'right', ...responseTime(body['responseTime']) };
    }
    if (body['result'] === false && (status === 200 || status === 400 || status === 403)) {
      return { result: 'wrong', ...responseTime(body['responseTime']) };
    }
  }
  throw refusal({ ...reply, body }, platform);
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
