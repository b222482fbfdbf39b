import { hash } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';
import type { Subject } from 'rxjs';

import { CaptchaQuotaExceededException } from '../errors.js';
import type { CaptchaEvent, QuotaEvent } from '../events.js';
import type { CallGate, NaverCallResult } from '../engines/naver/call-gate.js';
import { quotaDay, quotaResetsAt } from '../engines/naver/quota-reset.js';
import type { CaptchaStore } from '../store/captcha-store.js';
import { CAPTCHA_CLOCK, CAPTCHA_EVENTS, CAPTCHA_OPTIONS, CAPTCHA_STORE } from '../tokens.js';
import type {
  Awaitable,
  CaptchaClock,
  CaptchaKind,
  CaptchaQuota,
  NaverCall,
  ResolvedCaptchaOptions,
} from '../types.js';
import { askStore } from './ask-store.js';
import { QuietLogger } from '../quiet-logger.js';

/** No limit is as high as this, and only the count of a day that NAVER itself closed is higher. */
const NO_LIMIT = 2 ** 49;
/** Far above, so that calls taken back from a closed day do not open it. */
const CLOSED = 2 * NO_LIMIT;
/** A closed day is tried by one call in this time: NAVER's midnight may lag ours, or its limit may be raised. */
const PROBE_MS = 300_000;
/** How long this process believes what it knows without asking the store again. */
const BELIEF_MS = 10_000;
/** Counts outlive their day a little, so that clocks may differ. */
const GRACE_MS = 60_000;

/**
 * Counts every call that NAVER counts, per kind and Korean day, before it is made; past the limit nothing is sent.
 * Issuing ends a share earlier than comparing, so that people who have a picture can still answer.
 */
@Injectable()
export class QuotaGate implements CallGate {
  readonly #refusedUntil = new Map<string, number>();
  readonly #probing = new WeakSet<NaverCall>();
  /** Whose quota it is. */
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
    return refusedUntil > this.clock.now() ? this.refusal() : undefined;
  }

  async before(call: NaverCall): Promise<void> {
    const { operation, kind } = call;
    if (operation === 'fetch') return;
    const refusal = this.refusalOf(call);
    if (refusal !== undefined) throw refusal;
    const limit = this.limitOf(operation);
    const { taken, count } = await askStore(() =>
      this.store.take(this.name(kind), { limit, ttlMs: this.ttlMs() }),
    );
    if (taken) {
      this.warnAtThresholds(kind, count);
      return;
    }
    // Our own count is the application's word and stands; NAVER's word may be out of date.
    if (count > NO_LIMIT && (await this.mayProbe(kind))) {
      this.#probing.add(call);
      return;
    }
    const now = this.clock.now();
    this.#refusedUntil.set(`${operation} ${kind}`, Math.min(now + BELIEF_MS, quotaResetsAt(now)));
    this.logger.warn(
      `CAPTCHA_QUOTA_EXCEEDED: no more calls to ${operation} ${kind} keys until midnight in Korea.`,
    );
    throw this.refusal();
  }

  after(call: NaverCall, result: NaverCallResult): Awaitable<void> {
    const isCounted = result.reached && !(result.error instanceof CaptchaQuotaExceededException);
    if (call.operation === 'fetch' || (isCounted && !this.#probing.has(call))) return undefined;
    return this.correct(call, result);
  }

  /** Takes back, closes or opens again what was counted before the call. */
  private async correct(call: NaverCall, { error, reached }: NaverCallResult): Promise<void> {
    const { kind } = call;
    try {
      if (error instanceof CaptchaQuotaExceededException) await this.close(kind);
      else if (this.#probing.has(call)) await this.reopen(kind, error);
      else if (!reached) await this.store.release(this.name(kind));
    } catch {
      // What NAVER said stands; only the count is off by this call.
      this.logger.warn('CAPTCHA_STORE: the captcha store could not be told of a call to NAVER.');
    }
  }

  /** What is used of the day's quota. */
  async usage(kind: CaptchaKind): Promise<CaptchaQuota> {
    const { dailyQuota: limit } = this.options;
    const count = await askStore(() => this.store.get(this.name(kind)));
    const isClosed = count > NO_LIMIT;
    return {
      used: isClosed ? (limit ?? 0) : count,
      limit,
      left: limit === undefined && !isClosed ? undefined : Math.max(0, this.limitOf('issue') - count),
      resetsAt: new Date(quotaResetsAt(this.clock.now())),
    };
  }

  private limitOf(operation: 'issue' | 'compare'): number {
    const { dailyQuota, quotaReserve } = this.options;
    if (dailyQuota === undefined) return NO_LIMIT;
    return operation === 'compare' ? dailyQuota : Math.floor(dailyQuota * (1 - quotaReserve));
  }

  private warnAtThresholds(kind: CaptchaKind, count: number): void {
    const { dailyQuota } = this.options;
    if (dailyQuota === undefined) return;
    // Counts are given out one by one over all processes, so each of these is met once.
    if (count === Math.ceil(dailyQuota * 0.8)) this.tell(kind, '80%', count);
    if (count === dailyQuota) this.tell(kind, '100%', count);
  }

  /** NAVER's own word closes the day on every process that shares the store. */
  private async close(kind: CaptchaKind): Promise<void> {
    const wasOpen = (await this.store.get(this.name(kind))) <= NO_LIMIT;
    await this.store.set(this.probeName(kind), 1, { ttlMs: PROBE_MS });
    await this.store.set(this.name(kind), CLOSED, { ttlMs: this.ttlMs() });
    if (wasOpen) this.tell(kind, 'closed', this.options.dailyQuota ?? 0);
  }

  /** The one call that was let through says whether the day is closed still; an outage says nothing. */
  private async reopen(kind: CaptchaKind, error: Error | undefined): Promise<void> {
    if (error !== undefined) return;
    await this.store.set(this.name(kind), 1, { ttlMs: this.ttlMs() });
    this.#refusedUntil.clear();
    this.tell(kind, 'reopened', 1);
  }

  private async mayProbe(kind: CaptchaKind): Promise<boolean> {
    const once = { limit: 1, ttlMs: PROBE_MS };
    return (await askStore(() => this.store.take(this.probeName(kind), once))).taken;
  }

  private tell(kind: CaptchaKind, level: QuotaEvent['level'], used: number): void {
    const { dailyQuota: limit } = this.options;
    const share = limit === undefined ? '' : ` (${used} of ${limit})`;
    this.logger.warn(`CAPTCHA_QUOTA: the day's quota of ${kind} calls is at ${level}${share}.`);
    this.events.next({ type: 'quota', kind, level, used, limit });
  }

  private refusal(): CaptchaQuotaExceededException {
    const now = this.clock.now();
    return new CaptchaQuotaExceededException({
      retryAfterSeconds: Math.ceil((quotaResetsAt(now) - now) / 1000),
      detail: "The day's quota of calls to NAVER is used up.",
    });
  }

  private ttlMs(): number {
    const now = this.clock.now();
    return quotaResetsAt(now) - now + GRACE_MS;
  }

  private name(kind: CaptchaKind): string {
    return `quota:${this.#account}:${kind}:${quotaDay(this.clock.now())}`;
  }

  private probeName(kind: CaptchaKind): string {
    return `quota-probe:${this.#account}:${kind}`;
  }
}
