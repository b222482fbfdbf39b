import { hash } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';

import { CaptchaTooManyException } from '../errors.js';
import { type OpenedKey, remainingMs } from '../keys/captcha-keys.js';
import type { CaptchaStore } from '../store/captcha-store.js';
import { CAPTCHA_CLOCK, CAPTCHA_STORE } from '../tokens.js';
import type { CaptchaClock } from '../types.js';
import { askStore } from './ask-store.js';

/** Enough for a browser that repeats a failed load, on whichever process; too few for a loop. */
const MAX_FETCHES = 5;

/** Limits how often the engine is asked for the picture or sound of one challenge. */
@Injectable()
export class FetchLimit {
  constructor(
    @Inject(CAPTCHA_STORE) private readonly store: CaptchaStore,
    @Inject(CAPTCHA_CLOCK) private readonly clock: CaptchaClock,
  ) {}

  /**
   * Counts a fetch of this challenge's media.
   * @throws CaptchaTooManyException if it was fetched five times already
   */
  async take(key: Pick<OpenedKey, 'engine' | 'kind' | 'payload' | 'expiresAtMs'>): Promise<void> {
    const ttlMs = remainingMs(key, this.clock.now());
    const challenge = `${key.engine}:${key.kind}:${key.payload.toString('latin1')}`;
    const name = `media:${hash('sha256', challenge, 'base64url')}`;
    const { taken } = await askStore(() => this.store.take(name, { limit: MAX_FETCHES, ttlMs }));
    if (taken) return;
    throw new CaptchaTooManyException({
      retryAfterSeconds: Math.ceil(ttlMs / 1000),
      detail: `The media of this key was fetched ${MAX_FETCHES} times already.`,
    });
  }
}
