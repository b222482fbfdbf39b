import { type CaptchaProblemCode, isProblemCode } from './messages.js';

export type CaptchaKind = 'image' | 'audio';

/** Request headers, or a function that returns them for each request, such as for a token that changes. */
export type CaptchaHeaders = HeadersInit | (() => HeadersInit | Promise<HeadersInit>);

export function isKind(value: unknown): value is CaptchaKind {
  return value === 'image' || value === 'audio';
}

export interface Challenge {
  readonly key: string;
  readonly kind: CaptchaKind;
  readonly picture: ImageBitmap | undefined;
  /** Negative after the challenge has expired. */
  remainingMs(): number;
}

/** Where a challenge comes from, and which challenge is requested. */
export interface ChallengeSource {
  readonly src: string;
  readonly credentials: RequestCredentials;
  readonly headers: CaptchaHeaders | undefined;
  readonly kind: CaptchaKind;
  readonly action: string | null;
}

/** The server refused and gave a code. */
export interface Refusal {
  readonly code: CaptchaProblemCode;
  readonly retryAfterSeconds: number | undefined;
}

/** What a reply may hold. The server, or a proxy before it, may leave out any of it. */
interface Reply {
  readonly key?: unknown;
  readonly kind?: unknown;
  readonly expiresInSeconds?: unknown;
  readonly expiresAt?: unknown;
  readonly media?: { readonly data?: unknown } | undefined;
  readonly code?: unknown;
  readonly retryAfterSeconds?: unknown;
}

/**
 * Requests a challenge and, in the same round trip, its picture. Resolves when the picture is decoded, or with the server's
 * refusal. Returns undefined if the reply is no challenge; rejects if the network fails.
 */
export async function requestChallenge(
  source: ChallengeSource,
  signal: AbortSignal,
): Promise<Challenge | Refusal | undefined> {
  const { src, kind, action, credentials, headers = {} } = source;
  const elapsedMs = stopwatch();
  const init = { headers: await (typeof headers === 'function' ? headers() : headers), credentials, signal };
  const wanted = { kind, action: action ?? undefined, media: kind === 'image' ? 'inline' : undefined };
  const reply = await fetch(src, {
    ...init,
    method: 'POST',
    // The type of the blob becomes the content type.
    body: new Blob([JSON.stringify(wanted)], { type: 'application/json' }),
  });
  if (!reply.ok) return refusalOf(reply);
  const { key, kind: sent, expiresInSeconds, expiresAt, media } = await json(reply);
  // An older server sends only the time of day. Across origins its `Date` is hidden, so the device's clock has to do.
  const lifetimeMs =
    Number(expiresInSeconds) * 1_000 ||
    Date.parse(String(expiresAt)) - (Date.parse(reply.headers.get('date') ?? '') || Date.now());
  if (typeof key !== 'string' || !key || sent !== kind || !(lifetimeMs > 0)) {
    return undefined;
  }
  let picture: ImageBitmap | undefined;
  if (kind === 'image') {
    let blob: Blob;
    const data = media?.data;
    if (typeof data === 'string') {
      blob = new Blob([Uint8Array.from(atob(data), (byte) => byte.charCodeAt(0))]);
    } else {
      const separate = await fetch(mediaUrl(src, key), init);
      if (!separate.ok) return refusalOf(separate);
      blob = await separate.blob();
    }
    // Drawn on a canvas, because a strict content security policy blocks `data:` and `blob:` URLs in an `<img>`.
    picture = await createImageBitmap(blob);
  }
  return { key, kind, picture, remainingMs: () => lifetimeMs - elapsedMs() };
}

export function mediaUrl(src: string, key: string): string {
  return `${src}/media?key=${encodeURIComponent(key)}`;
}

/**
 * Measures from now on. The wall clock counts too, because the monotonic clock stops while a phone sleeps; the wall clock
 * alone would keep an expired challenge after it is set back.
 */
function stopwatch(): () => number {
  const steady = performance.now();
  const wall = Date.now();
  return () => Math.max(performance.now() - steady, Date.now() - wall);
}

async function refusalOf(reply: Response): Promise<Refusal> {
  const body = await json(reply).catch(() => undefined);
  const code = body?.code;
  // Across origins the header is hidden unless the server exposes it.
  const seconds = Number(body?.retryAfterSeconds ?? reply.headers.get('retry-after'));
  return {
    code: isProblemCode(code) ? code : 'CAPTCHA_UNAVAILABLE',
    retryAfterSeconds: seconds || undefined,
  };
}

function json(reply: Response): Promise<Reply>;
function json(reply: Response): Promise<unknown> {
  return reply.json();
}
