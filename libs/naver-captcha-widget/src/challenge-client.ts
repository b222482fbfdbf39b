import type { Challenge, ChallengeSource, MediaKind, Payment, Refusal, Reply } from './challenge.js';
import { loadSolver } from './load-solver.js';
import { isProblemCode } from './messages.js';

export function isKind(value: unknown): value is MediaKind {
  return value === 'image' || value === 'audio';
}

const REQUEST_TIMEOUT_MS = 15_000;

/** Undefined until the first request. */
let canWork: boolean | undefined;

/** Only a secure context has the browser's cryptography. */
function hasCrypto(): boolean {
  const isSecure = 'subtle' in crypto && !!crypto.subtle;
  if (!isSecure) console.warn('<naver-captcha> does no work without https or localhost.');
  return isSecure;
}

/**
 * Requests a challenge and, in the same round trip, its picture. Resolves when the picture is decoded or the work is done,
 * or with the server's refusal. Returns undefined if the reply is no challenge; rejects if the network fails.
 * `payment` is the toll that this request pays, and `tolls` counts those so far.
 */
export async function requestChallenge(
  source: ChallengeSource,
  request: AbortController,
  payment?: Payment,
  tolls = 0,
): Promise<Challenge | Refusal | undefined> {
  const { src, kind, action, credentials, headers = {} } = source;
  const { signal } = request;
  const elapsedMs = stopwatch();
  const timer = setTimeout(() => {
    request.abort();
  }, REQUEST_TIMEOUT_MS);
  const init = { headers: await (typeof headers === 'function' ? headers() : headers), credentials, signal };
  const toll = payment ?? (canWork ??= hasCrypto());
  const wanted = {
    kind,
    action: action ?? undefined,
    media: kind === 'image' ? 'inline' : undefined,
    work: toll && source.matches(':not([kinds]), [kinds~=work]'),
    toll,
  };
  const reply = await fetch(src, {
    ...init,
    method: 'POST',
    // The type of the blob becomes the content type.
    body: new Blob([JSON.stringify(wanted)], { type: 'application/json' }),
  });
  const body = await json(reply);
  const { key, kind: sent, expiresInSeconds, expiresAt, media, puzzle } = body;
  if (puzzle) {
    // Without the solver, the visitor's next try gets a picture.
    canWork = false;
    const { settle } = await loadSolver(src);
    canWork = true;
    return settle(puzzle, reply.ok, body, elapsedMs, timer, source, request, requestChallenge, tolls);
  }
  if (!reply.ok) return refusalOf(reply, body);
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
      if (!separate.ok) return refusalOf(separate, await json(separate));
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

function refusalOf(reply: Response, { code, retryAfterSeconds }: Reply): Refusal {
  // Across origins the header is hidden unless the server exposes it.
  const seconds = Number(retryAfterSeconds ?? reply.headers.get('retry-after'));
  return {
    code: isProblemCode(code) ? code : 'CAPTCHA_UNAVAILABLE',
    retryAfterSeconds: seconds || undefined,
  };
}

/** Empty if the body is not an object in JSON. */
function json(reply: Response): Promise<Reply>;
async function json(reply: Response): Promise<unknown> {
  const body: unknown = await reply.json().catch(() => undefined);
  return body ?? {};
}
