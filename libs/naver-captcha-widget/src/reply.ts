import type { Puzzle } from './puzzle.js';

/** What the body of a reply may hold. The server, or a proxy before it, may leave out any of it. */
export interface ReplyBody {
  readonly key?: unknown;
  readonly kind?: unknown;
  readonly expiresInSeconds?: unknown;
  readonly expiresAt?: unknown;
  readonly media?: { readonly data?: unknown } | undefined;
  readonly code?: unknown;
  readonly retryAfterSeconds?: unknown;
  readonly puzzle?: Puzzle;
  /** The answer, from the solver. */
  readonly value?: string;
}

/** A reply to a request for a challenge. */
export interface Reply {
  readonly response: Response;
  readonly body: ReplyBody;
}
