import { hash } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';
import type { Subject } from 'rxjs';

import type { CallGate, NaverCallResult } from '../engines/naver/call-gate.js';
import { quotaDay, quotaResetsAt } from '../engines/naver/quota-reset.js';
import { CaptchaQuotaExceededException } from '../errors.js';
import type { CaptchaEvent, QuotaEvent } from '../events.js';
import { QuietLogger } from '../quiet-logger.js';
import type { CaptchaStore } from '../store/captcha-store.js';
import { CAPTCHA_CLOCK, CAPTCHA_EVENTS, CAPTCHA_OPTIONS, CAPTCHA_STORE } from '../tokens.js';
import type { CaptchaClock, CaptchaKind, CaptchaQuota, NaverCall, ResolvedCaptchaOptions } from '../types.js';
import { askStore } from './ask-store.js';

/** A closed day is tried by one call in this time: NAVER's midnight may come later than ours, or its limit be raised. */
const PROBE_MS = 300_000;
/** How long this process trusts a refusal without asking the store again. */
const TRUSTED_MS = 10_000;
/** Counts outlive their day by this, because the clocks of processes differ a little. */
const GRACE_MS = 60_000;

/**
 * Counts every call that NAVER counts, per kind and Korean day, before it is made; beyond the limit nothing is sent.
 * Issuing ends a share earlier than comparing, so that visitors who have a picture can still answer. If NAVER itself
 * says that the quota is used up, the day is closed for all processes, under a store name of its own.
 */
@Injectable()
export class QuotaGate implements CallGate {
  readonly #refusedUntil = new Map<string, number>();
  readonly #probes = new WeakSet<NaverCall>();
  /** Separates the counts of different credentials in one store. */
  readonly #account: string;

  constructor(
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
    @Inject(CAPTCHA_STORE) private readonly store: CaptchaStore,
    @Inject(CAPTCHA_CLOCK) private readonly clock: CaptchaClock,
    @Inject(CAPTCHA_EVENTS) private readonly events: Subject<CaptchaEvent>,
    @Inject(QuietLogger) private readonly logger: QuietLogger,
  ) {
    const { platform, clientId } = options;
    this.#account = hash('sha256', [platform, clientId].join('\0'), 'base64url').slice(0, 16);
  }

  refusalOf({ operation, kind }: NaverCall): CaptchaQuotaExceededException | undefined {
    const refusedUntil = this.#refusedUntil.get(`${operation} ${kind}`) ?? 0;
    return refusedUntil > this.clock.now() ? this.#refusal() : undefined;
  }

  /** The exception that issuing would get now, as the store knows the day; undefined if some is left. */
  async issuingRefusal(kind: CaptchaKind): Promise<CaptchaQuotaExceededException | undefined> {
    return (await this.usage(kind)).left === 0 ? this.#refusal() : undefined;
  }

  async before(call: NaverCall): Promise<void> {
    const { operation, kind } = call;
    if (operation === 'fetch') return;
    const known = this.refusalOf(call);
    if (known !== undefined) throw known;
    const limit = { limit: this.#limitOf(operation), ttlMs: this.#dayEndsInMs() };
    const [closed, { taken, count }] = await Promise.all([
      askStore(() => this.store.get(this.#closedName(kind))),
      askStore(() => this.store.take(this.#countName(kind), limit)),
    ]);
    if (taken && closed === 0) {
      this.#reportThresholds(kind, count);
      return;
    }
    if (taken && (await this.#mayProbe(kind))) {
      this.#probes.add(call);
      return;
    }
    if (taken) await askStore(() => this.store.release(this.#countName(kind)));
    throw this.#refuse(call);
  }

  async after(call: NaverCall, { error, reached }: NaverCallResult): Promise<void> {
    const { operation, kind } = call;
    if (operation === 'fetch') return;
    const isClosed = error instanceof CaptchaQuotaExceededException;
    const isReopened = this.#probes.has(call) && error === undefined;
    try {
      if (isClosed) await this.#close(kind);
      if (isReopened) await this.#reopen(kind);
      if (!reached) await this.store.release(this.#countName(kind));
    } catch {
      this.logger.warn(
        'CAPTCHA_STORE: the captcha store failed after a call to NAVER; the count of the day may be off by one call.',
      );
    }
  }

  /** What is used of the day's quota. */
  async usage(kind: CaptchaKind): Promise<CaptchaQuota> {
    const { dailyQuota: limit } = this.options;
    const [closed, count] = await Promise.all([
      askStore(() => this.store.get(this.#closedName(kind))),
      askStore(() => this.store.get(this.#countName(kind))),
    ]);
    const resetsAt = new Date(quotaResetsAt(this.clock.now()));
    if (closed > 0) return { used: limit ?? count, limit, left: 0, resetsAt };
    const left = limit === undefined ? undefined : Math.max(0, this.#limitOf('issue') - count);
    return { used: count, limit, left, resetsAt };
  }

  #limitOf(operation: 'issue' | 'compare'): number {
    const { dailyQuota, quotaReserve } = this.options;
    if (dailyQuota === undefined) return Number.MAX_SAFE_INTEGER;
    return operation === 'compare' ? dailyQuota : Math.floor(dailyQuota * (1 - quotaReserve));
  }

  #reportThresholds(kind: CaptchaKind, count: number): void {
    const { dailyQuota } = this.options;
    if (dailyQuota === undefined) return;
    // The store gives out counts one by one over all processes, so a single process sees each of these.
    if (count === Math.ceil(dailyQuota * 0.8)) this.#report(kind, '80%', count);
    if (count === dailyQuota) this.#report(kind, '100%', count);
  }

  async #close(kind: CaptchaKind): Promise<void> {
    await this.store.set(this.#probeName(kind), 1, { ttlMs: PROBE_MS });
    const once = { limit: 1, ttlMs: this.#dayEndsInMs() };
    const { taken: isFirst } = await this.store.take(this.#closedName(kind), once);
    if (isFirst) this.#report(kind, 'closed', this.options.dailyQuota ?? 0);
  }

  async #reopen(kind: CaptchaKind): Promise<void> {
    await this.store.delete(this.#closedName(kind));
    this.#refusedUntil.clear();
    this.#report(kind, 'reopened', await this.store.get(this.#countName(kind)));
  }

  async #mayProbe(kind: CaptchaKind): Promise<boolean> {
    const once = { limit: 1, ttlMs: PROBE_MS };
    return (await askStore(() => this.store.take(this.#probeName(kind), once))).taken;
  }

  #report(kind: CaptchaKind, level: QuotaEvent['level'], used: number): void {
    const { dailyQuota: limit } = this.options;
    const share = limit === undefined ? '' : ` (${used} of ${limit})`;
    this.logger.warn(`CAPTCHA_QUOTA: the day's quota of ${kind} calls is at ${level}${share}.`);
    this.events.next({ type: 'quota', kind, level, used, limit });
  }

  #refuse({ operation, kind }: NaverCall): CaptchaQuotaExceededException {
    const now = this.clock.now();
    this.#refusedUntil.set(`${operation} ${kind}`, Math.min(now + TRUSTED_MS, quotaResetsAt(now)));
    this.logger.warn(
      `CAPTCHA_QUOTA_EXCEEDED: the day's quota is used up; no more calls to ${operation} ${kind} keys until midnight in Korea.`,
    );
    return this.#refusal();
  }

  #refusal(): CaptchaQuotaExceededException {
    const now = this.clock.now();
    return new CaptchaQuotaExceededException({
      retryAfterSeconds: Math.ceil((quotaResetsAt(now) - now) / 1000),
      detail: "The day's quota of calls to NAVER is used up.",
    });
  }

  #dayEndsInMs(): number {
    const now = this.clock.now();
    return quotaResetsAt(now) - now + GRACE_MS;
  }

  #countName(kind: CaptchaKind): string {
    return `quota:${this.#account}:${kind}:${quotaDay(this.clock.now())}`;
  }

  #closedName(kind: CaptchaKind): string {
    return `quota-closed:${this.#account}:${kind}:${quotaDay(this.clock.now())}`;
  }

  #probeName(kind: CaptchaKind): string {
    return `quota-probe:${this.#account}:${kind}`;
  }
}
