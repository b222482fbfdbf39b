import { hash } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';

import { type OpenedKey, remainingMs } from '../keys/captcha-keys.js';
import type { CaptchaStore, CaptchaStoreTaking } from '../store/captcha-store.js';
import { CAPTCHA_CLOCK, CAPTCHA_OPTIONS, CAPTCHA_STORE } from '../tokens.js';
import type { CaptchaClock, ResolvedCaptchaOptions } from '../types.js';
import { askStore } from './ask-store.js';

/** A record outlives its key by this, because the clocks of processes differ a little. */
const GRACE_MS = 60_000;
/** How often an attempt at one key is given back: a long outage must not let a client try a key without end. */
const MAX_GIVEN_BACK = 2;

type ChallengeIdentity = Pick<OpenedKey, 'engine' | 'kind' | 'payload'>;

/**
 * The store name of the attempts at a challenge. Made neither of the received text, which could be spelled anew, nor of
 * anything derived from a signing secret, which rotates.
 */
export function attemptsName(
  purpose: 'attempt' | 'given-back' | 'passed',
  { engine, kind, payload }: ChallengeIdentity,
  { platform, clientId }: Pick<ResolvedCaptchaOptions, 'platform' | 'clientId'>,
): string {
  const challenge = [platform, clientId, engine, kind, payload.toString('latin1')].join('\0');
  return `${purpose}:${hash('sha256', challenge, 'base64url')}`;
}

/** Counts the attempts at each key, the attempts given back, and the single time it passes. */
@Injectable()
export class Attempts {
  constructor(
    @Inject(CAPTCHA_STORE) private readonly store: CaptchaStore,
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
    @Inject(CAPTCHA_CLOCK) private readonly clock: CaptchaClock,
  ) {}

  /** Takes one attempt at a key. @returns which attempt it is, from 1; undefined if none is left */
  async take(key: OpenedKey): Promise<number | undefined> {
    const { maxAttempts } = this.options;
    // With several attempts a key that has passed still has attempts left, and must not cost another call to NAVER.
    if (maxAttempts > 1) {
      const passed = attemptsName('passed', key, this.options);
      if ((await askStore(() => this.store.get(passed))) > 0) return undefined;
    }
    const { taken, count } = await this.#take('attempt', key, maxAttempts);
    return taken ? count : undefined;
  }

  /** Gives back an attempt that an outage took; at most twice a key. */
  async giveBack(key: OpenedKey): Promise<void> {
    const { taken } = await this.#take('given-back', key, MAX_GIVEN_BACK);
    if (!taken) return;
    await askStore(() => this.store.release(attemptsName('attempt', key, this.options)));
  }

  /** Records that a key passed. @returns false if it had passed before */
  async pass(key: OpenedKey): Promise<boolean> {
    return (await this.#take('passed', key, 1)).taken;
  }

  async #take(
    purpose: 'attempt' | 'given-back' | 'passed',
    key: OpenedKey,
    limit: number,
  ): Promise<CaptchaStoreTaking> {
    const name = attemptsName(purpose, key, this.options);
    const ttlMs = this.#lifetimeMs(key);
    return askStore(() => this.store.take(name, { limit, ttlMs }));
  }

  #lifetimeMs(key: OpenedKey): number {
    // A key may expire during the comparison; its record must live all the same.
    const leftMs = Math.max(0, remainingMs(key, this.clock.now()));
    return leftMs + (key.expiresAtMs === undefined ? 0 : GRACE_MS);
  }
}
