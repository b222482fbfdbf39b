import { hash } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';

import type { OpenedToll } from '../keys/captcha-keys.js';
import type { CaptchaStore } from '../store/captcha-store.js';
import { CAPTCHA_CLOCK, CAPTCHA_OPTIONS, CAPTCHA_STORE } from '../tokens.js';
import type { CaptchaClock, ResolvedCaptchaOptions } from '../types.js';
import { askStore } from './ask-store.js';

/** A record outlives its toll by this, because the clocks of processes differ a little. */
const GRACE_MS = 60_000;

/** Remembers the tolls that were paid: each pays for one challenge. */
@Injectable()
export class Tolls {
  constructor(
    @Inject(CAPTCHA_STORE) private readonly store: CaptchaStore,
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
    @Inject(CAPTCHA_CLOCK) private readonly clock: CaptchaClock,
  ) {}

  /** Spends a toll. @returns false if it was spent before, or has expired */
  async spend(toll: OpenedToll): Promise<boolean> {
    const leftMs = toll.expiresAtMs - this.clock.now();
    if (leftMs <= 0) return false;
    const limit = { limit: 1, ttlMs: leftMs + GRACE_MS };
    return (await askStore(() => this.store.take(this.#nameOf(toll), limit))).taken;
  }

  /** The toll bought nothing, so that it may be paid again. */
  async giveBack(toll: OpenedToll): Promise<void> {
    await askStore(() => this.store.release(this.#nameOf(toll)));
  }

  #nameOf({ payload }: OpenedToll): string {
    const { platform, clientId } = this.options;
    return `toll:${hash('sha256', [platform, clientId, payload.toString('latin1')].join('\0'), 'base64url')}`;
  }
}
