import { type CaptchaProblemCode, isProblemCode } from './messages.js';

export type CaptchaKind = 'image' | 'audio';

export interface Challenge {
  readonly key: string;
  readonly kind: CaptchaKind;
  /** By the clock of this device, in milliseconds. */
  readonly expiresAt: number;
  readonly picture: ImageBitmap | undefined;
}

/** The server refused, and said why. Not covered: a network that failed, which rejects with whatever `fetch` throws. */
export class ChallengeRefused extends Error {
  constructor(
    readonly code: CaptchaProblemCode,
    readonly retryAfterSeconds: number | undefined,
  ) {
    super(code);
  }
}

/** Asks for a challenge; a picture comes with it in the same round trip, and is decoded when this resolves. */
export async function requestChallenge(
  src: string,
  kind: CaptchaKind,
  action: string | null,
  signal: AbortSignal,
): Promise<Challenge> {
  const reply = await fetch(src, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      kind,
      action: action ?? undefined,
      media: kind === 'image' ? 'inline' : undefined,
    }),
    signal,
  });
  if (!reply.ok) throw await refusal(reply);
  const body: unknown = await reply.json();
  const key = field(body, 'key');
  const lifetime = Date.parse(String(field(body, 'expiresAt'))) - serverTime(reply);
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

/** A bitmap goes on a canvas; a `data:` or `blob:` URL for an `<img>` would be stopped by a strict content security policy. */
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
  const reply = await fetch(mediaUrl(src, key), { signal });
  if (!reply.ok) throw await refusal(reply);
  return createImageBitmap(await reply.blob());
}

/** Clocks of devices are wrong now and then; the lifetime of a key is counted from the server's own time. */
function serverTime(reply: Response): number {
  return Date.parse(reply.headers.get('date') ?? '') || Date.now();
}

async function refusal(reply: Response): Promise<ChallengeRefused> {
  const code = field(await reply.json().catch(() => undefined), 'code');
  const seconds = Number(reply.headers.get('retry-after')) || undefined;
  return new ChallengeRefused(isProblemCode(code) ? code : 'CAPTCHA_UNAVAILABLE', seconds);
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value ? Reflect.get(value, name) : undefined;
}
