import { LRUCache } from 'lru-cache';

import { CaptchaTooManyException } from '../errors.js';

/** Enough for a visitor who plays a sound again and again; a script that repeats the download pays for traffic alone. */
const MAX_DOWNLOADS = 20;
/** Each costs two calls of the day's quota, so that no client can push its own key out. */
const MAX_KEYS = 10_000;

/** Limits how much of the picture or sound of one key this process sends: 20 times its length, in whole or in ranges. */
export class DownloadLimit {
  readonly #sentBytes = new LRUCache<string, number>({ max: MAX_KEYS });

  constructor(private readonly keyTtlMs: number) {}

  /**
   * Counts what is about to be sent. A key has one spelling only, so its text names it.
   * @throws CaptchaTooManyException if that is too much
   */
  take(key: string, bytes: number, length: number): void {
    const sent = (this.#sentBytes.get(key) ?? 0) + bytes;
    if (sent > MAX_DOWNLOADS * length) {
      throw new CaptchaTooManyException({
        retryAfterSeconds: Math.ceil(this.keyTtlMs / 1000),
        detail: `The media of this key was downloaded ${MAX_DOWNLOADS} times already.`,
      });
    }
    this.#sentBytes.set(key, sent);
  }
}
