import { Inject, Injectable } from '@nestjs/common';
import type { Subject } from 'rxjs';

import { quotaDay, quotaResetsAt } from '../engines/naver/quota-reset.js';
import type { CaptchaEvent, QuotaEvent } from '../events.js';
import { QuietLogger } from '../quiet-logger.js';
import type { CaptchaStore, CaptchaStoreTaking } from '../store/captcha-store.js';
import { CAPTCHA_CLOCK, CAPTCHA_EVENTS, CAPTCHA_OPTIONS, CAPTCHA_STORE } from '../tokens.js';
import type { CaptchaClock, CaptchaMediaKind, CaptchaQuota, ResolvedCaptchaOptions } from '../types.js';
import { accountOf } from './account.js';
import { releaseAmount, takeAmount } from './amounts.js';
import { askStore } from './ask-store.js';
import { BusiestAskers } from './busiest-askers.js';
import { pacedLimit, paceReachesAtMs } from './pace.js';
import { levelConsequence } from './quota-sentences.js';

/** Why calls are not charged. */
export type Refused =
  | { readonly reason: 'used-up' }
  /** `untilMs`: when the pace allows them, in milliseconds since 1970. */
  | { readonly reason: 'pace'; readonly untilMs: number };

/** One call issues a challenge, another one compares its answer. */
export const CALLS_PER_CHALLENGE = 2;
/** A closed day is tried by one call in this time: NAVER's midnight may come later than ours, or its limit be raised. */
const PROBE_MS = 300_000;
/** Counts outlive their day by this, because the clocks of processes differ a little. */
const GRACE_MS = 60_000;

/**
 * The day's quota of each kind, counted per Korean day for all processes that share the store. If NAVER itself says
 * that the quota is used up, the day is closed for all of them, under a store name of its own.
 */
@Injectable()
export class DayQuota {
  /** Separates the counts of different credentials in one store. */
  readonly #account: string;

  constructor(
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
    @Inject(CAPTCHA_STORE) private readonly store: CaptchaStore,
    @Inject(CAPTCHA_CLOCK) private readonly clock: CaptchaClock,
    @Inject(CAPTCHA_EVENTS) private readonly events: Subject<CaptchaEvent>,
    @Inject(QuietLogger) private readonly logger: QuietLogger,
    @Inject(BusiestAskers) private readonly busiest: BusiestAskers,
  ) {
    this.#account = accountOf(options);
  }

  /** Whether calls are held to a pace: NAVER cannot be asked for the whole day's quota at once. */
  get isPaced(): boolean {
    return this.#pacedLimit(this.clock.now()) !== undefined;
  }

  /** Charges so many calls, all of them or none. @returns why not, if that exceeds `dailyQuota` */
  async charge(kind: CaptchaMediaKind, amount: number): Promise<Refused | undefined> {
    const limit = this.options.dailyQuota ?? Number.MAX_SAFE_INTEGER;
    const { taken } = await this.#take(kind, amount, limit);
    return taken ? undefined : { reason: 'used-up' };
  }

  /** Charges so many calls, all of them or none. @returns why not, if that exceeds `dailyQuota` or the pace */
  async chargeAtPace(kind: CaptchaMediaKind, amount: number): Promise<Refused | undefined> {
    const { dailyQuota, pace } = this.options;
    const nowMs = this.clock.now();
    const limit = this.#pacedLimit(nowMs);
    if (limit === undefined || dailyQuota === undefined || pace === false) return this.charge(kind, amount);
    const { taken, count } = await this.#take(kind, amount, limit);
    if (taken) return undefined;
    if (count + amount > dailyQuota) return { reason: 'used-up' };
    this.busiest.report();
    return { reason: 'pace', untilMs: paceReachesAtMs(count + amount, dailyQuota, pace, nowMs) };
  }

  /** Charges a call that is made in any case: the visitor who holds a challenge may answer it. */
  async chargeInAnyCase(kind: CaptchaMediaKind): Promise<void> {
    await this.#take(kind, 1, Number.MAX_SAFE_INTEGER);
  }

  /** Takes back calls that were not made. */
  async giveBack(kind: CaptchaMediaKind, amount: number): Promise<void> {
    await releaseAmount(this.store, this.#countName(kind), amount);
  }

  async isClosed(kind: CaptchaMediaKind): Promise<boolean> {
    return (await askStore(() => this.store.get(this.#closedName(kind)))) > 0;
  }

  /** Returns true for one call in five minutes, which tries whether a closed day is open again. */
  async mayProbe(kind: CaptchaMediaKind): Promise<boolean> {
    const once = { limit: 1, ttlMs: PROBE_MS };
    return (await askStore(() => this.store.take(this.#probeName(kind), once))).taken;
  }

  /** NAVER says that the quota is used up. */
  async close(kind: CaptchaMediaKind): Promise<void> {
    await this.store.set(this.#probeName(kind), 1, { ttlMs: PROBE_MS });
    const once = { limit: 1, ttlMs: this.#dayEndsInMs() };
    const { taken: isFirst } = await this.store.take(this.#closedName(kind), once);
    if (isFirst) this.#report(kind, 'closed', this.options.dailyQuota ?? 0);
  }

  /** NAVER answered a call of a closed day. */
  async reopen(kind: CaptchaMediaKind): Promise<void> {
    await this.store.delete(this.#closedName(kind));
    this.#report(kind, 'reopened', await this.store.get(this.#countName(kind)));
  }

  /** What is used of the day's quota. */
  async usage(kind: CaptchaMediaKind): Promise<CaptchaQuota> {
    const { dailyQuota: limit } = this.options;
    const [isClosed, count] = await Promise.all([
      this.isClosed(kind),
      askStore(() => this.store.get(this.#countName(kind))),
    ]);
    const resetsAt = new Date(quotaResetsAt(this.clock.now()));
    const limitNow = this.#pacedLimit(this.clock.now());
    const pace = limitNow === undefined ? {} : { limitNow };
    if (isClosed) return { used: limit ?? count, limit, left: 0, ...pace, resetsAt };
    const left =
      limit === undefined ? undefined : Math.max(0, Math.floor((limit - count) / CALLS_PER_CHALLENGE));
    return { used: count, limit, left, ...pace, resetsAt };
  }

  /** Undefined without a pace or a quota. A store without pop gives back no unanswered challenges, so it has no pace. */
  #pacedLimit(nowMs: number): number | undefined {
    const { dailyQuota, pace } = this.options;
    if (dailyQuota === undefined || pace === false || this.store.pop === undefined) return undefined;
    return pacedLimit(dailyQuota, pace, nowMs);
  }

  async #take(kind: CaptchaMediaKind, amount: number, limit: number): Promise<CaptchaStoreTaking> {
    const day = { limit, ttlMs: this.#dayEndsInMs() };
    const taking = await askStore(() => takeAmount(this.store, this.#countName(kind), day, amount));
    if (taking.taken) this.#reportThresholds(kind, taking.count - amount, taking.count);
    return taking;
  }

  #reportThresholds(kind: CaptchaMediaKind, before: number, after: number): void {
    const { dailyQuota } = this.options;
    if (dailyQuota === undefined) return;
    const passes = (threshold: number): boolean => before < threshold && after >= threshold;
    // The store gives out counts one after the other over all processes, so a single process passes each of these.
    if (passes(Math.ceil(dailyQuota * 0.8))) this.#report(kind, '80%', after);
    if (passes(dailyQuota)) this.#report(kind, '100%', after);
  }

  #report(kind: CaptchaMediaKind, level: QuotaEvent['level'], used: number): void {
    const { dailyQuota: limit } = this.options;
    const share = limit === undefined ? '' : ` (${used} of ${limit})`;
    this.logger.warn(
      `CAPTCHA_QUOTA: the day's quota of ${kind} calls: ${level}${share}. ${levelConsequence(level, this.options)}`,
    );
    this.events.next({ type: 'quota', kind, level, used, limit });
    if (level !== 'reopened') this.busiest.report();
  }

  #dayEndsInMs(): number {
    const now = this.clock.now();
    return quotaResetsAt(now) - now + GRACE_MS;
  }

  #countName(kind: CaptchaMediaKind): string {
    return `quota:${this.#account}:${kind}:${quotaDay(this.clock.now())}`;
  }

  #closedName(kind: CaptchaMediaKind): string {
    return `quota-closed:${this.#account}:${kind}:${quotaDay(this.clock.now())}`;
  }

  #probeName(kind: CaptchaMediaKind): string {
    return `quota-probe:${this.#account}:${kind}`;
  }
}
