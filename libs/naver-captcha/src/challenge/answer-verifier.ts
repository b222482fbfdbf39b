import { Inject, Injectable } from '@nestjs/common';
import type { Subject } from 'rxjs';

import type { CaptchaEngine, Comparison } from '../engines/captcha-engine.js';
import { CaptchaQuotaExceededException, CaptchaUnavailableException } from '../errors.js';
import type { CaptchaEvent } from '../events.js';
import { type CaptchaKeys, isBinding, type OpenedKey, remainingMs } from '../keys/captcha-keys.js';
import { AnswerLimits } from '../limits/answer-limits.js';
import { spanClock } from '../span-clock.js';
import { CAPTCHA_CLOCK, CAPTCHA_EVENTS, CAPTCHA_KEYS } from '../tokens.js';
import {
  type Awaitable,
  type CaptchaClock,
  type CaptchaErrorCode,
  type CaptchaExpectation,
  type CaptchaKind,
  type CaptchaRejection,
  type CaptchaVerdict,
  isMediaKind,
  MEDIA_KINDS,
} from '../types.js';
import { parseAnswer } from './answer.js';
import { ChallengeSupply } from './challenge-supply.js';
import { Engines } from './engines.js';

/** Who is verified, and what the caller does at two points of a verification. */
export interface VerificationSteps {
  /** The client's address, called for raw keys alone: they are limited by it. */
  readonly by?: (() => string) | undefined;
  /** Runs when the key is known to be ours and before an attempt is spent; a throw ends the verification. */
  readonly beforeAttempt?: (() => Promise<void>) | undefined;
  /** Returns true to let the request through although NAVER cannot be asked; called for NAVER's outages alone. */
  readonly allow?: ((error: CaptchaUnavailableException) => Awaitable<boolean>) | undefined;
}

/** A request that is let through although its answer could not be compared. */
export interface CaptchaAllowance {
  readonly allowed: CaptchaErrorCode;
}

/** Judges answers. */
export interface CaptchaVerifier {
  verify(answer: unknown, expected: CaptchaExpectation): Promise<CaptchaVerdict>;
  verify(
    answer: unknown,
    expected: CaptchaExpectation,
    steps: VerificationSteps,
  ): Promise<CaptchaVerdict | CaptchaAllowance>;
  /** Reports that a request is let through although NAVER cannot be asked. */
  allow(outage: CaptchaUnavailableException, action?: string, kind?: CaptchaKind): CaptchaAllowance;
  /**
   * NAVER's outage, if it keeps every visitor from getting a challenge: of all these kinds none is ready and none can
   * be issued. Otherwise undefined.
   */
  issuingOutage(kinds?: readonly CaptchaKind[]): CaptchaUnavailableException | undefined;
  /** Why no visitor can get a challenge of any of these kinds today: the quota is used up. Otherwise undefined. */
  usedUpQuota(kinds?: readonly CaptchaKind[]): Promise<CaptchaQuotaExceededException | undefined>;
}

type Judgement = { readonly key?: JudgedKey } & (
  | { readonly verdict: CaptchaVerdict }
  /** The request is let through all the same. */
  | { readonly outage: CaptchaUnavailableException }
);

type JudgedKey = Pick<OpenedKey, 'kind' | 'engine' | 'pressure' | 'price'>;

/** The rules between an answer and its verdict: the cheapest check first, and the first that fails ends it. */
@Injectable()
export class AnswerVerifier implements CaptchaVerifier {
  readonly #spanMs: () => number;

  constructor(
    @Inject(Engines) private readonly engines: Engines,
    @Inject(CAPTCHA_KEYS) private readonly keys: CaptchaKeys,
    @Inject(AnswerLimits) private readonly limits: AnswerLimits,
    @Inject(ChallengeSupply) private readonly supply: ChallengeSupply,
    @Inject(CAPTCHA_CLOCK) private readonly clock: CaptchaClock,
    @Inject(CAPTCHA_EVENTS) private readonly events: Subject<CaptchaEvent>,
  ) {
    this.#spanMs = spanClock(clock);
  }

  async verify(answer: unknown, expected: CaptchaExpectation): Promise<CaptchaVerdict>;
  async verify(
    answer: unknown,
    expected: CaptchaExpectation,
    steps: VerificationSteps,
  ): Promise<CaptchaVerdict | CaptchaAllowance>;
  async verify(
    answer: unknown,
    expected: CaptchaExpectation,
    steps: VerificationSteps = {},
  ): Promise<CaptchaVerdict | CaptchaAllowance> {
    const startedAtMs = this.#spanMs();
    const judgement = await this.#judge(answer, expected, steps);
    const { key } = judgement;
    if ('outage' in judgement) return this.allow(judgement.outage, expected.action, key?.kind);
    const { verdict } = judgement;
    if (this.events.observed) this.#report(verdict, key, expected.action, startedAtMs);
    return verdict;
  }

  allow({ code }: CaptchaUnavailableException, action?: string, kind?: CaptchaKind): CaptchaAllowance {
    this.events.next({ type: 'allowed', code, kind, action });
    return { allowed: code };
  }

  issuingOutage(kinds: readonly CaptchaKind[] = MEDIA_KINDS): CaptchaUnavailableException | undefined {
    if (this.#canAlwaysBeHad(kinds)) return undefined;
    let outage: CaptchaUnavailableException | undefined;
    for (const kind of kinds.filter(isMediaKind)) {
      const refusal = this.supply.refusalOf(kind);
      if (!(refusal instanceof CaptchaUnavailableException)) return undefined;
      outage = refusal;
    }
    return outage;
  }

  async usedUpQuota(
    kinds: readonly CaptchaKind[] = MEDIA_KINDS,
  ): Promise<CaptchaQuotaExceededException | undefined> {
    if (this.#canAlwaysBeHad(kinds)) return undefined;
    let refusal: CaptchaQuotaExceededException | undefined;
    for (const kind of kinds.filter(isMediaKind)) {
      refusal = await this.supply.quotaRefusalOf(kind);
      if (refusal === undefined) return undefined;
    }
    return refusal;
  }

  /** Work, and what the standby makes, need no call to NAVER. */
  #canAlwaysBeHad(kinds: readonly CaptchaKind[]): boolean {
    return this.engines.standby !== undefined || kinds.includes('work');
  }

  #report(
    verdict: CaptchaVerdict,
    key: JudgedKey | undefined,
    action: string | undefined,
    startedAtMs: number,
  ): void {
    this.events.next({
      type: 'verdict',
      passed: verdict.passed,
      reason: verdict.passed ? undefined : verdict.reason,
      kind: key?.kind,
      engine: key?.engine,
      ...(key === undefined ? {} : { pressure: key.pressure, price: key.price }),
      action,
      durationMs: this.#spanMs() - startedAtMs,
    });
  }

  async #judge(given: unknown, expected: CaptchaExpectation, steps: VerificationSteps): Promise<Judgement> {
    const answer = parseAnswer(given);
    if (answer === undefined || !this.engines.accept(answer.value)) return rejected('malformed');
    const key = await this.keys.open(answer.key, expected);
    if (key === undefined) return rejected('forged');
    const engine = this.engines.named(key.engine);
    // Without its engine a challenge cannot be answered any more; the page fetches a new one.
    if (engine === undefined || remainingMs(key, this.clock.now()) <= 0) return rejected('expired', key);
    if (!isBinding(expected.binding) || !key.fits(expected)) return rejected('mismatch', key);
    if (engine.answerPattern[key.kind]?.test(answer.value) !== true) return rejected('malformed', key);
    await steps.beforeAttempt?.();
    return this.#spendAttempt(engine, key, answer.value, steps);
  }

  async #spendAttempt(
    engine: CaptchaEngine,
    key: OpenedKey,
    value: string,
    { allow, by }: VerificationSteps,
  ): Promise<Judgement> {
    const { kind } = key;
    const refusal = engine.refusalOf('compare', kind);
    // A refusal known beforehand costs no attempt, unless the request is let through: that spends the key.
    if (refusal !== undefined && !(await isAllowed(refusal, allow))) return this.#refused(key, refusal);
    const attempt = await this.limits.take(key, by);
    if (attempt === undefined) return rejected('used', key);
    if (refusal instanceof CaptchaUnavailableException) return this.#letThrough(key, refusal);
    let comparison: Comparison;
    try {
      comparison = await this.limits.comparing(key, attempt, engine.compare(kind, key.payload, value));
    } catch (thrown) {
      const isOutage = thrown instanceof CaptchaUnavailableException;
      if (isOutage && (await isAllowed(thrown, allow))) return this.#letThrough(key, thrown);
      // NAVER did not compare. A key that is let through instead has had its turn.
      if (isOutage || thrown instanceof CaptchaQuotaExceededException) await this.limits.giveBack(key);
      return this.#refused(key, thrown);
    }
    return { verdict: await this.#verdictOf(key, comparison), key };
  }

  /**
   * With a standby, a challenge that NAVER's used-up quota keeps from being compared counts as expired: the page then
   * fetches a new one, which is the standby's.
   */
  #refused(key: OpenedKey, thrown: unknown): Judgement {
    if (thrown instanceof CaptchaQuotaExceededException && this.engines.standby !== undefined) {
      return rejected('expired', key);
    }
    throw thrown;
  }

  async #letThrough(key: OpenedKey, outage: CaptchaUnavailableException): Promise<Judgement> {
    return (await this.limits.pass(key, { isRight: false })) ? { outage, key } : rejected('used', key);
  }

  async #verdictOf(key: OpenedKey, comparison: Comparison): Promise<CaptchaVerdict> {
    switch (comparison.result) {
      case 'right': {
        if (!(await this.limits.pass(key, { isRight: true }))) return { passed: false, reason: 'used' };
        const { responseTimeSeconds } = comparison;
        return {
          passed: true,
          kind: key.kind,
          engine: key.engine,
          pressure: key.pressure,
          price: key.price,
          ...(responseTimeSeconds === undefined ? {} : { responseTimeSeconds }),
        };
      }
      case 'wrong':
        return { passed: false, reason: 'wrong' };
      case 'unknown-key':
        return { passed: false, reason: 'expired' };
      case 'never-fetched':
        return { passed: false, reason: 'unshown' };
      default:
        return comparison satisfies never;
    }
  }
}

/** Only an outage of NAVER's can be let through; a full day, a failing store or a flood could be bought by an attacker. */
async function isAllowed(error: unknown, allow: VerificationSteps['allow']): Promise<boolean> {
  if (allow === undefined || !(error instanceof CaptchaUnavailableException) || error.origin !== 'naver') {
    return false;
  }
  const allowed: unknown = await allow(error);
  return allowed === true;
}

function rejected(reason: CaptchaRejection, key?: JudgedKey): Judgement {
  return { verdict: { passed: false, reason }, ...(key === undefined ? {} : { key }) };
}
