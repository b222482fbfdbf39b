import type { CaptchaProblemCode } from './messages.js';
import type { Puzzle } from './puzzle.js';
import type { WorkingElement } from './work-line.js';

/** What a visitor can look at or listen to. */
export type MediaKind = 'image' | 'audio';

/** `work`: the browser computes the answer, and the visitor types nothing. */
export type CaptchaKind = MediaKind | 'work';

/** Request headers, or a function that returns them for each request, such as for a token that changes. */
export type CaptchaHeaders = HeadersInit | (() => HeadersInit | Promise<HeadersInit>);

export interface Challenge {
  readonly key: string;
  readonly kind: CaptchaKind;
  readonly picture?: ImageBitmap | undefined;
  /** Negative after the challenge has expired. */
  remainingMs(): number;
}

/** Where a challenge comes from, and which challenge is requested. */
export interface ChallengeSource extends WorkingElement {
  readonly src: string;
  /** The answer. */
  value: string;
  readonly credentials: RequestCredentials;
  readonly headers: CaptchaHeaders | undefined;
  readonly kind: CaptchaKind;
  readonly action: string | null;
}

/** The server refused and gave a code. */
export interface Refusal {
  readonly code: CaptchaProblemCode;
  readonly retryAfterSeconds?: number | undefined;
}

/** What a reply may hold. The server, or a proxy before it, may leave out any of it. */
export interface Reply {
  readonly key?: unknown;
  readonly kind?: unknown;
  readonly expiresInSeconds?: unknown;
  readonly expiresAt?: unknown;
  readonly media?: { readonly data?: unknown } | undefined;
  readonly code?: unknown;
  readonly retryAfterSeconds?: unknown;
  readonly puzzle?: Puzzle;
}

/** A toll and its value. */
export interface Payment {
  readonly key: unknown;
  readonly value: string;
}

/**
 * `payment` is the toll that this request pays, and `tolls` counts those so far. Returns undefined if the reply is no
 * challenge.
 */
export type RequestChallenge = (
  source: ChallengeSource,
  request: AbortController,
  payment?: Payment,
  tolls?: number,
) => Promise<Challenge | Refusal | undefined>;
