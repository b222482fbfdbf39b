import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

import { NaverCaptchaClient } from '../engines/naver/naver-captcha.client.js';
import { CAPTCHA_CLOCK, CAPTCHA_OPTIONS } from '../tokens.js';
import type { CaptchaClock, CaptchaKind, ResolvedCaptchaOptions } from '../types.js';
import { MediaCache } from './media-cache.js';

/** A NAVER key that waits for somebody, its picture fetched. */
export interface PrefetchedKey {
  readonly naverKey: string;
  /** NAVER may not know the key any more after this. */
  readonly expiresAtMs: number;
}

/** NAVER tells response times up to this (documented), so it knows its keys at least as long (inferred). */
const LIFETIME_MS = 7_200_000;
/** Half of that is the person's, so that a key handed out last has as long as any other. */
const MAX_AGE_MS = LIFETIME_MS / 2;
/** After a failure nothing is made ready for a while: whoever needs a key now has the first call on NAVER. */
const PAUSE_MS = 30_000;

/**
 * Keeps a few pictures ready, so that a page need not wait for NAVER. Each key is one call of the day's quota, renewed
 * by another when it grows old. What is ready is this process's own, so that several never hand out the same.
 */
@Injectable()
export class PrefetchedKeys implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #size: number;
  /** The oldest first. */
  readonly #ready: PrefetchedKey[] = [];
  #isFilling = false;
  #resumesAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(
    @Inject(NaverCaptchaClient) private readonly client: NaverCaptchaClient,
    @Inject(MediaCache) private readonly media: MediaCache,
    @Inject(CAPTCHA_OPTIONS) options: ResolvedCaptchaOptions,
    @Inject(CAPTCHA_CLOCK) private readonly clock: CaptchaClock,
  ) {
    this.#size = options.prefetch === false ? 0 : options.prefetch.size;
  }

  onApplicationBootstrap(): void {
    this.#refill();
  }

  onModuleDestroy(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** Whether {@link take} would yield one. */
  has(kind: CaptchaKind): boolean {
    this.#dropOld();
    return kind === 'image' && this.#ready.length > 0;
  }

  /** The oldest key of this kind that is ready; another is made in its place. */
  take(kind: CaptchaKind): PrefetchedKey | undefined {
    if (!this.has(kind)) return undefined;
    const key = this.#ready.shift();
    this.#refill();
    return key;
  }

  #refill(): void {
    if (this.#size === 0 || this.#isFilling) return;
    this.#isFilling = true;
    void this.#fill().finally(() => {
      this.#isFilling = false;
      this.#wakeLater();
    });
  }

  /** One after the other: nobody waits for these. */
  async #fill(): Promise<void> {
    this.#dropOld();
    while (!this.#isStopped && this.#ready.length < this.#size && this.clock.now() >= this.#resumesAt) {
      try {
        const expiresAtMs = this.clock.now() + LIFETIME_MS;
        const naverKey = await this.client.issueKey('image');
        // A picture that does not come now is fetched when a page asks for it.
        await this.media.fetch({ kind: 'image', naverKey, expiresAtMs }).catch(() => undefined);
        this.#ready.push({ naverKey, expiresAtMs });
      } catch {
        // The client has told of it already.
        this.#resumesAt = this.clock.now() + PAUSE_MS;
      }
    }
  }

  /** Once the oldest is too old, or a pause is over. */
  #wakeLater(): void {
    clearTimeout(this.#timer);
    if (this.#isStopped) return;
    const [oldest] = this.#ready;
    const isFull = this.#ready.length >= this.#size && oldest !== undefined;
    const at = isFull ? oldest.expiresAtMs - MAX_AGE_MS : this.#resumesAt;
    this.#timer = setTimeout(
      () => {
        this.#refill();
      },
      Math.max(1, at - this.clock.now()),
    ).unref();
  }

  #dropOld(): void {
    const now = this.clock.now();
    while (this.#ready[0] !== undefined && this.#ready[0].expiresAtMs - MAX_AGE_MS <= now)
      this.#ready.shift();
  }
}
