import { hash } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';

import type { CaptchaStore } from '../store/captcha-store.js';
import type { ResolvedCaptchaOptions } from '../types.js';
import { CAPTCHA_OPTIONS, CAPTCHA_STORE } from '../tokens.js';
import { askStore } from './ask-store.js';
import { type OpenedKey, remainingMs } from '../keys/key-ring.js';

/** An attempt's record outlives the key itself by this, so that clocks may differ a little. */
const GRACE_MS = 60_000;
/** How often an attempt at one key can be given back: an outage must not make a key pass all day. */
const MAX_GIVEN_BACK = 2;

/** Counts what is done with each key: attempts, attempts given back, and the one time it passes. */
@Injectable()
export class Attempts {
  constructor(
    @Inject(CAPTCHA_STORE) private readonly store: CaptchaStore,
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
  ) {}

  /** Takes one attempt at a key. @returns whether there was one left */
  async take(key: OpenedKey, nowMs: number): Promise<boolean> {
    const { maxAttempts: limit } = this.options;
    // Where several attempts are allowed, a key that has passed must not cost another call to NAVER.
    if (limit > 1 && (await askStore(() => this.store.get(this.name('passed', key)))) > 0) return false;
    return (
      await askStore(() =>
        this.store.take(this.name('attempt', key), { limit, ttlMs: lifetimeMs(key, nowMs) }),
      )
    ).taken;
  }

  /** Gives an attempt back that an outage took; at most twice a key. */
  async giveBack(key: OpenedKey, nowMs: number): Promise<void> {
    const limit = { limit: MAX_GIVEN_BACK, ttlMs: lifetimeMs(key, nowMs) };
    const { taken } = await askStore(() => this.store.take(this.name('given-back', key), limit));
    if (taken) await askStore(() => this.store.release(this.name('attempt', key)));
  }

  /** Records that a key passed. @returns whether it is the first time */
  async pass(key: OpenedKey, nowMs: number): Promise<boolean> {
    const limit = { limit: 1, ttlMs: lifetimeMs(key, nowMs) };
    return (await askStore(() => this.store.take(this.name('passed', key), limit))).taken;
  }

  /** Not the received text, which could be spelled anew, nor anything a signing secret made, which rotates. */
  private name(purpose: 'attempt' | 'given-back' | 'passed', { kind, naverKey }: OpenedKey): string {
    const { platform, clientId } = this.options;
    return `${purpose}:${hash('sha256', [platform, clientId, kind, naverKey].join('\0'), 'base64url')}`;
  }
}

function lifetimeMs(key: OpenedKey, nowMs: number): number {
  // A key may expire while NAVER compares, and its record must live all the same.
  return Math.max(0, remainingMs(key, nowMs)) + (key.expiresAtMs === undefined ? 0 : GRACE_MS);
}
