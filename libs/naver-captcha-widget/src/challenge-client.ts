import { type CaptchaProblemCode, isProblemCode } from './messages.js';

export type CaptchaKind = 'image' | 'audio';

export function isKind(value: unknown): value is CaptchaKind {
  return value === 'image' || value === 'audio';
}

export interface Challenge {
  readonly key: string;
  readonly kind: CaptchaKind;
  /** In milliseconds, on the clock of this device. */
  readonly expiresAt: number;
  readonly picture: ImageBitmap | undefined;
}

/** Where a challenge comes from, and which challenge is requested. */
export interface ChallengeSource {
  readonly src: string;
  readonly kind: CaptchaKind;
  readonly action: string | null;
}

/** The server refused and gave a code. A failed network is not covered: it rejects with the error of `fetch`. */
export class ChallengeRefused extends Error {
  constructor(
    readonly code: CaptchaProblemCode,
    readonly retryAfterSeconds: number | undefined,
  ) {
    super(code);
  }
}

/** Requests a challenge and, in the same round trip, its picture. Resolves when the picture is decoded. */
export async function requestChallenge(
  { src, kind, action }: ChallengeSource,
  signal: AbortSignal,
): Promise<Challenge> {
  const reply = await fetchOk(src, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      kind,
      action: action ?? undefined,
      media: kind === 'image' ? 'inline' : undefined,
    }),
    signal,
  });
  const body: unknown = await reply.json();
  const key = field(body, 'key');
  // The clock of a device may be wrong, so the lifetime of a key is counted from the server's time.
  const serverTime = Date.parse(reply.headers.get('date') ?? '') || Date.now();
  const lifetime = Date.parse(String(field(body, 'expiresAt'))) - serverTime;
  if (typeof key !== 'string' || !key || field(body, 'kind') !== kind || !(lifetime > 0)) {
    throw new TypeError('not a challenge');
  }
  const expiresAt = Date.now() + lifetime;
  const picture = kind === 'image' ? await loadPicture(src, key, field(body, 'media'), signal) : undefined;
  return { key, kind, expiresAt, picture };
}

export function mediaUrl(src: string, key: string): string {
  return `${src}/media?key=${encodeURIComponent(key)}`;
}

/** Decodes to a bitmap for a canvas, because a strict content security policy blocks `data:` and `blob:` URLs in an `<img>`. */
async function loadPicture(
  src: string,
  key: string,
  media: unknown,
  signal: AbortSignal,
): Promise<ImageBitmap> {
  const data = field(media, 'data');
  if (typeof data === 'string') {
    return createImageBitmap(new Blob([Uint8Array.from(atob(data), (byte) => byte.charCodeAt(0))]));
  }
  const reply = await fetchOk(mediaUrl(src, key), { signal });
  return createImageBitmap(await reply.blob());
}

/** Rejects with {@link ChallengeRefused} if the server refuses. */
async function fetchOk(url: string, init: RequestInit): Promise<Response> {
  const reply = await fetch(url, init);
  if (reply.ok) return reply;
  const code = field(await reply.json().catch(() => undefined), 'code');
  const seconds = Number(reply.headers.get('retry-after')) || undefined;
  throw new ChallengeRefused(isProblemCode(code) ? code : 'CAPTCHA_UNAVAILABLE', seconds);
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value ? Reflect.get(value, name) : undefined;
}
