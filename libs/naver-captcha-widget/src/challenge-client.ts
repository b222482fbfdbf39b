import { loadSolver } from './load-solver.js';
import { type CaptchaProblemCode, en, isProblemCode, ko } from './messages.js';
import type { Reply } from './reply.js';

/** What a visitor can look at or listen to. */
export type MediaKind = 'image' | 'audio';

/** `work`: the browser computes the answer, and the visitor types nothing. */
export type CaptchaKind = MediaKind | 'work';

const REQUEST_TIMEOUT_MS = 15_000;

/** Request headers, or a function that returns them for each request, such as for a token that changes. */
export type CaptchaHeaders = HeadersInit | (() => HeadersInit | Promise<HeadersInit>);

export function isKind(value: unknown): value is MediaKind {
  return value === 'image' || value === 'audio';
}

export interface Challenge {
  readonly key: string;
  readonly kind: CaptchaKind;
  readonly picture: ImageBitmap | undefined;
  /** The answer, if the browser computed it. */
  readonly value: string | undefined;
  /** Negative after the challenge has expired. */
  remainingMs(): number;
}

/** Where a challenge comes from, and which challenge is requested. */
export interface ChallengeSource extends HTMLElement {
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

/** Undefined until the first request. */
let canWork: boolean | undefined;

/** Only a secure context has the browser's cryptography. */
function hasCrypto(): boolean {
  const { subtle }: Partial<Crypto> = crypto;
  if (!subtle) console.warn('<naver-captcha> does no work without https or localhost.');
  return !!subtle;
}

/**
 * Requests a challenge and, in the same round trip, its picture. Resolves when the picture is decoded or the work is done,
 * or with the server's refusal. Returns undefined if the reply is no challenge; rejects if the network fails.
 * `reveal` shows that the browser works.
 */
export async function requestChallenge(
  source: ChallengeSource,
  request: AbortController,
  reveal: () => void,
): Promise<Challenge | Refusal | undefined> {
  const { src, kind, action, credentials, headers = {} } = source;
  const { signal } = request;
  const init = { headers: await (typeof headers === 'function' ? headers() : headers), credentials, signal };
  const works = (canWork ??= hasCrypto());
  const wanted = {
    kind,
    action: action ?? undefined,
    media: kind === 'image' ? 'inline' : undefined,
    work: (works && source.matches(':not([kinds]), [kinds~=work]')) || undefined,
  };
  let elapsedMs = stopwatch();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const post = async (toll: unknown): Promise<Reply> => {
    elapsedMs = stopwatch();
    timer = setTimeout(() => {
      request.abort();
    }, REQUEST_TIMEOUT_MS);
    const response = await fetch(src, {
      ...init,
      method: 'POST',
      // The type of the blob becomes the content type.
      body: new Blob([JSON.stringify({ ...wanted, toll })], { type: 'application/json' }),
    });
    return { response, body: await bodyOf(response) };
  };
  let reply = await post(works || undefined);
  if (reply.body.puzzle) {
    const solver = await loadSolver(src).catch(() => undefined);
    if (!solver) {
      canWork = false;
      return requestChallenge(source, request, reveal);
    }
    reply = await solver.settle(reply, {
      element: source,
      signal,
      texts: { ko, en },
      stopTimeout: () => {
        clearTimeout(timer);
      },
      reveal,
      pay: (key, value) => post({ key, value }),
    });
  }
  const { response, body } = reply;
  if (!response.ok) return refusalOf(reply);
  const { key, kind: sent, expiresInSeconds, expiresAt, media, value } = body;
  // An older server sends only the time of day. Across origins its `Date` is hidden, so the device's clock has to do.
  const lifetimeMs =
    Number(expiresInSeconds) * 1_000 ||
    Date.parse(String(expiresAt)) - (Date.parse(response.headers.get('date') ?? '') || Date.now());
  const made = value ? 'work' : kind;
  if (typeof key !== 'string' || !key || sent !== made || !(lifetimeMs > 0)) {
    return undefined;
  }
  let picture: ImageBitmap | undefined;
  if (made === 'image') {
    let blob: Blob;
    const data = media?.data;
    if (typeof data === 'string') {
      blob = new Blob([Uint8Array.from(atob(data), (byte) => byte.charCodeAt(0))]);
    } else {
      const separate = await fetch(mediaUrl(src, key), init);
      if (!separate.ok) return refusalOf({ response: separate, body: await bodyOf(separate) });
      blob = await separate.blob();
    }
    // Drawn on a canvas, because a strict content security policy blocks `data:` and `blob:` URLs in an `<img>`.
    picture = await createImageBitmap(blob);
  }
  return { key, kind: made, picture, value, remainingMs: () => lifetimeMs - elapsedMs() };
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

function refusalOf({ response, body: { code, retryAfterSeconds } }: Reply): Refusal {
  // Across origins the header is hidden unless the server exposes it.
  const seconds = Number(retryAfterSeconds ?? response.headers.get('retry-after'));
  return {
    code: isProblemCode(code) ? code : 'CAPTCHA_UNAVAILABLE',
    retryAfterSeconds: seconds || undefined,
  };
}

/** Empty if the body is not an object in JSON. */
function bodyOf(response: Response): Promise<Reply['body']>;
async function bodyOf(response: Response): Promise<unknown> {
  return { ...(await response.json().catch(() => undefined)) };
}
