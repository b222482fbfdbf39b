import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';

import { quotaDay } from '../engines/naver/quota-reset.js';
import type { OpenedKey } from '../keys/captcha-keys.js';
import { QuietLogger } from '../quiet-logger.js';
import type { CaptchaStore } from '../store/captcha-store.js';
import { CAPTCHA_CLOCK, CAPTCHA_OPTIONS, CAPTCHA_STORE } from '../tokens.js';
import type { CaptchaClock, CaptchaMediaKind, ResolvedCaptchaOptions } from '../types.js';
import { accountOf } from './account.js';
import { DayQuota } from './day-quota.js';

const MINUTE_MS = 60_000;
/** An answer that comes at the last moment is compared by then. */
const SETTLED_AFTER_MS = 120_000;
/** A count is kept for so long after that, for a process that is slow to settle it. */
const KEPT_MS = 3_600_000;

/**
 * Gives back the comparisons of challenges that no visitor answers. A challenge is charged with its comparison when it
 * is issued. Open challenges are counted by the minute in which they expire; what is left of such a count two minutes
 * later was never answered.
 */
@Injectable()
export class OpenChallenges implements OnModuleDestroy {
  /** The names this process has counted under, and when they are settled. */
  readonly #unsettled = new Map<string, { readonly kind: CaptchaMediaKind; readonly atMs: number }>();
  readonly #account: string;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(CAPTCHA_STORE) private readonly store: CaptchaStore,
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
    @Inject(CAPTCHA_CLOCK) private readonly clock: CaptchaClock,
    @Inject(DayQuota) private readonly quota: DayQuota,
    @Inject(QuietLogger) private readonly logger: QuietLogger,
  ) {
    this.#account = accountOf(options);
  }

  onModuleDestroy(): void {
    clearTimeout(this.#timer);
  }

  /** A challenge was made that expires then. */
  async add(kind: CaptchaMediaKind, expiresAtMs: number): Promise<void> {
    if (this.store.pop === undefined) return;
    const name = this.#nameOf(kind, expiresAtMs);
    const settledAtMs = (minuteOf(expiresAtMs) + 1) * MINUTE_MS + SETTLED_AFTER_MS;
    const ttlMs = settledAtMs - this.clock.now() + KEPT_MS;
    await this.#inBackground(() => this.store.take(name, { limit: Number.MAX_SAFE_INTEGER, ttlMs }));
    this.#unsettled.set(name, { kind, atMs: settledAtMs });
    this.#settleLater();
  }

  /**
   * An answer is compared. The first comparison of a challenge is paid for, unless that was yesterday; further ones are
   * charged now. A raw key, which was issued elsewhere, is charged by the gate. Never rejects.
   */
  async answered({ kind, expiresAtMs }: OpenedKey, attempt: number): Promise<void> {
    if (expiresAtMs === undefined || kind === 'work') return;
    const isPaidFor = attempt === 1 && this.#dayOf(expiresAtMs) === quotaDay(this.clock.now());
    try {
      if (!isPaidFor) await this.quota.chargeInAnyCase(kind);
      else if (this.store.pop !== undefined) await this.store.release(this.#nameOf(kind, expiresAtMs));
    } catch {
      this.#warnOfCount();
    }
  }

  /** A challenge was dropped before a visitor got it: its comparison is given back, if it was charged today. */
  async dropped(kind: CaptchaMediaKind, issuedAtMs: number): Promise<void> {
    if (quotaDay(issuedAtMs) !== quotaDay(this.clock.now())) return;
    await this.#inBackground(() => this.quota.giveBack(kind, 1));
  }

  /** Gives back what is settled by now. */
  async settle(): Promise<void> {
    const now = this.clock.now();
    const settled = [...this.#unsettled].filter(([, { atMs }]) => atMs <= now);
    await Promise.all(
      settled.map(async ([name, { kind }]) => {
        this.#unsettled.delete(name);
        await this.#inBackground(async () => {
          const unanswered = (await this.store.pop?.(name)) ?? 0;
          const isToday = name.endsWith(`:${quotaDay(now)}`);
          if (isToday && unanswered > 0) await this.quota.giveBack(kind, unanswered);
        });
      }),
    );
  }

  /** Also without visitors, so that another process finds the day's quota settled. */
  #settleLater(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.settle().then(() => {
        if (this.#unsettled.size > 0) this.#settleLater();
      });
    }, MINUTE_MS).unref();
  }

  /** The store's failure is the next request's to report; only the count is off. */
  async #inBackground(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch {
      this.#warnOfCount();
    }
  }

  #warnOfCount(): void {
    this.logger.warn(
      'CAPTCHA_STORE: the captcha store failed while open challenges were counted; the count of the day may be off by ' +
        'some calls.',
    );
  }

  /** The day on which the challenge was issued, and charged. */
  #dayOf(expiresAtMs: number): number {
    return quotaDay(expiresAtMs - this.options.keyTtlMs);
  }

  #nameOf(kind: CaptchaMediaKind, expiresAtMs: number): string {
    return `open:${this.#account}:${kind}:${minuteOf(expiresAtMs)}:${this.#dayOf(expiresAtMs)}`;
  }
}

function minuteOf(milliseconds: number): number {
  return Math.floor(milliseconds / MINUTE_MS);
}
