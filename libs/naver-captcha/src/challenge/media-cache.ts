import { hash } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

import { CaptchaTooManyException } from '../errors.js';
import { NaverCaptchaClient } from '../engines/naver/naver-captcha.client.js';
import type { CaptchaStore } from '../store/captcha-store.js';
import { CAPTCHA_CLOCK, CAPTCHA_STORE } from '../tokens.js';
import type { CaptchaClock, CaptchaMedia } from '../types.js';
import { askStore } from '../limits/ask-store.js';
import { type OpenedKey, remainingMs } from '../keys/key-ring.js';

/** What is known of a key whose picture or sound is fetched. */
export type MediaKey = Pick<OpenedKey, 'kind' | 'naverKey' | 'expiresAtMs'>;

/** About 3,000 pictures or 200 sounds. */
const MAX_BYTES = 16 * 1024 * 1024;
/** A picture that did not arrive may be asked for again, on whichever instance; a loop may not. */
const MAX_FETCHES = 5;

/** Fetches pictures and sounds, each once where it can be helped: browsers ask again, and for sounds in pieces. */
@Injectable()
export class MediaCache {
  readonly #kept = new LRUCache<string, CaptchaMedia>({
    maxSize: MAX_BYTES,
    sizeCalculation: ({ body }) => Math.max(body.length, 1),
  });
  readonly #underWay = new Map<string, Promise<CaptchaMedia>>();

  constructor(
    @Inject(NaverCaptchaClient) private readonly client: NaverCaptchaClient,
    @Inject(CAPTCHA_STORE) private readonly store: CaptchaStore,
    @Inject(CAPTCHA_CLOCK) private readonly clock: CaptchaClock,
  ) {}

  /** @throws CaptchaTooManyException where it was fetched five times already */
  async fetch(key: MediaKey): Promise<CaptchaMedia> {
    const name = `${key.kind}:${key.naverKey}`;
    const kept = this.#kept.get(name);
    if (kept !== undefined) return kept;
    let underWay = this.#underWay.get(name);
    if (underWay === undefined) {
      underWay = this.fetchAnew(name, key).finally(() => {
        this.#underWay.delete(name);
      });
      this.#underWay.set(name, underWay);
    }
    return underWay;
  }

  private async fetchAnew(name: string, key: MediaKey): Promise<CaptchaMedia> {
    const ttlMs = remainingMs(key, this.clock.now());
    const counted = `media:${hash('sha256', name, 'base64url')}`;
    const { taken } = await askStore(() => this.store.take(counted, { limit: MAX_FETCHES, ttlMs }));
    if (!taken) {
      throw new CaptchaTooManyException({
        retryAfterSeconds: Math.ceil(ttlMs / 1000),
        detail: `The media of this key was fetched ${MAX_FETCHES} times already.`,
      });
    }
    const media = await this.client.fetchMedia(key.kind, key.naverKey);
    this.#kept.set(name, media);
    return media;
  }
}
