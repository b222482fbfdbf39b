import { Inject, Injectable } from '@nestjs/common';

import type { CallGate, NaverCallResult } from '../engines/naver/call-gate.js';
import { quotaDay, quotaResetsAt } from '../engines/naver/quota-reset.js';
import { type CaptchaException, CaptchaQuotaExceededException } from '../errors.js';
import { QuietLogger } from '../quiet-logger.js';
import { spanClock } from '../span-clock.js';
import { CAPTCHA_CLOCK, CAPTCHA_OPTIONS } from '../tokens.js';
import type { CaptchaClock, CaptchaMediaKind, NaverCall, ResolvedCaptchaOptions } from '../types.js';
import { CALLS_PER_CHALLENGE, DayQuota, type Refused } from './day-quota.js';
import { BeyondPaceException } from './pace.js';
import { paceConsequence, usedUpConsequence } from './quota-sentences.js';

/** How long this process trusts a refusal without asking the store again. */
const TRUSTED_MS = 10_000;
const USED_UP: Refused = { reason: 'used-up' };

/**
 * Charges the day's quota before a call is made; beyond the quota nothing is sent. Issuing charges the comparison of
 * that challenge too, so that a visitor who holds a picture can always answer it, and only as fast as `pace` allows.
 * With raw keys, which are issued elsewhere, each comparison is charged by itself.
 */
@Injectable()
export class QuotaGate implements CallGate {
  /** Until when a refusal is trusted, as #spanMs counts, and for which day. */
  readonly #refusals = new Map<
    string,
    { readonly refused: Refused; readonly until: number; readonly day: number }
  >();
  /** Kinds whose day NAVER closed, as far as this process knows, and which day that is. */
  readonly #closedDay = new Map<CaptchaMediaKind, number>();
  readonly #probes = new WeakSet<NaverCall>();
  readonly #spanMs: () => number;

  constructor(
    @Inject(DayQuota) private readonly quota: DayQuota,
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
    @Inject(CAPTCHA_CLOCK) private readonly clock: CaptchaClock,
    @Inject(QuietLogger) private readonly logger: QuietLogger,
  ) {
    this.#spanMs = spanClock(clock);
  }

  refusalOf({ operation, kind }: NaverCall): CaptchaException | undefined {
    const known = this.#refusals.get(`${operation} ${kind}`);
    if (known === undefined || known.until <= this.#spanMs() || known.day !== this.#today()) return undefined;
    return this.#exceptionOf(known.refused);
  }

  /** The exception that issuing would get now, as the store knows the day; undefined if some is left. */
  async issuingRefusal(kind: CaptchaMediaKind): Promise<CaptchaQuotaExceededException | undefined> {
    return (await this.quota.usage(kind)).left === 0 ? this.#usedUp() : undefined;
  }

  async before(call: NaverCall): Promise<void> {
    const { operation, kind } = call;
    if (operation === 'fetch') return;
    const known = this.refusalOf(call);
    if (known !== undefined) throw known;
    const amount = this.#chargeOf(operation);
    // A comparison that is paid for asks the store only if NAVER has closed the day before.
    if (amount === 0 && this.#closedDay.get(kind) !== this.#today()) return;
    const [isClosed, refused] = await Promise.all([this.quota.isClosed(kind), this.#charge(call, amount)]);
    if (refused !== undefined) throw this.#refuse(call, isClosed ? USED_UP : refused);
    if (!isClosed) return;
    if (await this.quota.mayProbe(kind)) {
      this.#probes.add(call);
      return;
    }
    await this.quota.giveBack(kind, amount);
    throw this.#refuse(call, USED_UP);
  }

  async after(call: NaverCall, { error, reached }: NaverCallResult): Promise<void> {
    const { operation, kind } = call;
    if (operation === 'fetch') return;
    const amount = this.#chargeOf(operation);
    try {
      if (error instanceof CaptchaQuotaExceededException) {
        this.#closedDay.set(kind, this.#today());
        this.#trust('issue', kind, USED_UP);
        this.#trust('compare', kind, USED_UP);
        await this.quota.close(kind);
      } else if (error === undefined && this.#probes.has(call)) {
        this.#closedDay.delete(kind);
        this.#refusals.clear();
        await this.quota.reopen(kind);
      }
      // A call that issued no challenge has no comparison to come.
      const unused = !reached ? amount : error !== undefined && operation === 'issue' ? amount - 1 : 0;
      if (unused > 0) await this.quota.giveBack(kind, unused);
    } catch {
      this.logger.warn(
        'CAPTCHA_STORE: the captcha store failed after a call to NAVER; the count of the day may be off by some calls.',
      );
    }
  }

  #chargeOf(operation: 'issue' | 'compare'): number {
    if (this.options.keys === 'raw') return 1;
    return operation === 'issue' ? CALLS_PER_CHALLENGE : 0;
  }

  /** Comparisons of raw keys are charged at any speed: a visitor holds the picture already. */
  async #charge({ operation, kind }: NaverCall, amount: number): Promise<Refused | undefined> {
    if (amount === 0) return undefined;
    return operation === 'issue' ? this.quota.chargeAtPace(kind, amount) : this.quota.charge(kind, amount);
  }

  #refuse({ operation, kind }: NaverCall, refused: Refused): CaptchaException {
    this.#trust(operation, kind, refused);
    this.logger.warn(
      refused.reason === 'pace'
        ? `CAPTCHA_PACE: ${kind} challenges are asked for faster than the day's quota lasts, ${paceConsequence(this.options)}`
        : `CAPTCHA_QUOTA_EXCEEDED: the day's quota has no call left to ${operation} ${kind} keys. ${usedUpConsequence(this.options)}`,
    );
    return this.#exceptionOf(refused);
  }

  #trust(operation: NaverCall['operation'], kind: CaptchaMediaKind, refused: Refused): void {
    const trustedMs =
      refused.reason === 'pace' ? Math.min(TRUSTED_MS, refused.untilMs - this.clock.now()) : TRUSTED_MS;
    const until = this.#spanMs() + trustedMs;
    this.#refusals.set(`${operation} ${kind}`, { refused, until, day: this.#today() });
  }

  #today(): number {
    return quotaDay(this.clock.now());
  }

  #exceptionOf(refused: Refused): CaptchaException {
    if (refused.reason === 'used-up') return this.#usedUp();
    return new BeyondPaceException({
      retryAfterSeconds: Math.max(1, Math.ceil((refused.untilMs - this.clock.now()) / 1000)),
      detail: "The day's quota is used faster than `pace` allows, so NAVER is not called.",
    });
  }

  #usedUp(): CaptchaQuotaExceededException {
    const now = this.clock.now();
    return new CaptchaQuotaExceededException({
      retryAfterSeconds: Math.ceil((quotaResetsAt(now) - now) / 1000),
      detail: "The day's quota of calls to NAVER is used up.",
    });
  }
}
