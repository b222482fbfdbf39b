import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

import type { CaptchaEngine } from '../engines/captcha-engine.js';
import type { CaptchaException, CaptchaQuotaExceededException } from '../errors.js';
import { NAVER_KEY_LIFETIME_MS } from '../naver-facts.js';
import { OpenChallenges } from '../limits/open-challenges.js';
import { spanClock } from '../span-clock.js';
import { QuotaGate } from '../limits/quota.gate.js';
import { CAPTCHA_CLOCK, CAPTCHA_ENGINE, CAPTCHA_OPTIONS } from '../tokens.js';
import type { CaptchaClock, CaptchaMediaKind, ResolvedCaptchaOptions } from '../types.js';
import { ChallengeMedia } from './challenge-media.js';

/** A challenge that the engine has made and that no browser holds yet. */
export interface SuppliedChallenge {
  readonly payload: Buffer;
  /** The engine may not know the challenge after this; absent if it was made just now. */
  readonly expiresAtMs?: number;
}

type PrefetchedChallenge = Required<SuppliedChallenge>;

/** Half of the lifetime belongs to the visitor, so that a challenge handed out last lives as long as any other. */
const MAX_AGE_MS = NAVER_KEY_LIFETIME_MS / 2;
/** No prefetching for this long after a failure: a page that waits for a challenge calls the engine first. */
const PAUSE_MS = 30_000;

/**
 * Supplies challenges of NAVER: one that is kept ready (`prefetch`), otherwise a new one from the engine. Each challenge kept
 * ready costs a call of the day's quota, and so does its renewal when it is too old. Every process keeps its own, so
 * that two processes never hand out the same.
 */
@Injectable()
export class ChallengeSupply implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #size: number;
  /** The oldest first. */
  readonly #ready: PrefetchedChallenge[] = [];
  #isFilling = false;
  /** As #spanMs counts: a pause must not last longer because the system time was corrected. */
  #resumesAt = -Infinity;
  readonly #spanMs: () => number;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(
    @Inject(CAPTCHA_ENGINE) private readonly engine: CaptchaEngine,
    @Inject(ChallengeMedia) private readonly media: ChallengeMedia,
    @Inject(OpenChallenges) private readonly open: OpenChallenges,
    @Inject(CAPTCHA_OPTIONS) options: ResolvedCaptchaOptions,
    @Inject(CAPTCHA_CLOCK) private readonly clock: CaptchaClock,
    @Inject(QuotaGate) private readonly quota: QuotaGate,
  ) {
    this.#spanMs = spanClock(clock);
    const { engines, prefetch } = options;
    this.#size = prefetch === false || !engines.includes('naver') ? 0 : prefetch.size;
  }

  onApplicationBootstrap(): void {
    this.#refill();
  }

  onModuleDestroy(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** The exception that {@link next} would throw, if this process knows it without I/O; otherwise undefined. */
  refusalOf(kind: CaptchaMediaKind): CaptchaException | undefined {
    return this.#hasReady(kind) ? undefined : this.engine.refusalOf('issue', kind);
  }

  /** The exception that {@link next} would throw because the day's quota is used up; asks the store. */
  async quotaRefusalOf(kind: CaptchaMediaKind): Promise<CaptchaQuotaExceededException | undefined> {
    return this.#hasReady(kind) ? undefined : this.quota.issuingRefusal(kind);
  }

  /** A challenge of this kind: the oldest that is ready, whose place is filled again, otherwise a new one. */
  async next(kind: CaptchaMediaKind): Promise<SuppliedChallenge> {
    const ready = this.#hasReady(kind) ? this.#ready.shift() : undefined;
    if (ready === undefined) return this.engine.issue(kind);
    this.#refill();
    return ready;
  }

  #hasReady(kind: CaptchaMediaKind): boolean {
    this.#dropOld();
    return kind === 'image' && this.#ready.length > 0;
  }

  #refill(): void {
    if (this.#size === 0 || this.#isFilling) return;
    this.#isFilling = true;
    void this.#fill().finally(() => {
      this.#isFilling = false;
      this.#wakeLater();
    });
  }

  /** One call after the other, since no page waits for these. */
  async #fill(): Promise<void> {
    this.#dropOld();
    while (!this.#isStopped && this.#ready.length < this.#size && this.#spanMs() >= this.#resumesAt) {
      try {
        const expiresAtMs = this.clock.now() + NAVER_KEY_LIFETIME_MS;
        const { payload } = await this.engine.issue('image');
        // A picture that does not come now is fetched when a page asks for it.
        await this.media
          .fetchOf({ engine: 'naver', kind: 'image', payload, expiresAtMs })
          .catch(() => undefined);
        this.#ready.push({ payload, expiresAtMs });
      } catch {
        // The engine has logged the error.
        this.#resumesAt = this.#spanMs() + PAUSE_MS;
      }
    }
  }

  /** Wakes when the oldest is too old, or a pause is over. */
  #wakeLater(): void {
    clearTimeout(this.#timer);
    if (this.#isStopped) return;
    const [oldest] = this.#ready;
    const isFull = this.#ready.length >= this.#size && oldest !== undefined;
    const waitMs = isFull
      ? oldest.expiresAtMs - MAX_AGE_MS - this.clock.now()
      : this.#resumesAt - this.#spanMs();
    this.#timer = setTimeout(
      () => {
        this.#refill();
      },
      Math.max(1, waitMs),
    ).unref();
  }

  #dropOld(): void {
    const now = this.clock.now();
    while (this.#ready[0] !== undefined && this.#ready[0].expiresAtMs - MAX_AGE_MS <= now) {
      const dropped = this.#ready.shift();
      // Its answer will never be compared.
      if (dropped !== undefined) void this.open.dropped('image', dropped.expiresAtMs - NAVER_KEY_LIFETIME_MS);
    }
  }
}
