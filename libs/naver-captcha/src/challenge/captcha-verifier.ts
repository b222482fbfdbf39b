import { Inject, Injectable } from '@nestjs/common';
import type { Subject } from 'rxjs';

import { CaptchaUnavailableException } from '../errors.js';
import type { CaptchaEvent } from '../events.js';
import { NaverCaptchaClient } from '../engines/naver/naver-captcha.client.js';
import type { NaverComparison } from '../engines/naver/wire-format.js';
import { CAPTCHA_CLOCK, CAPTCHA_EVENTS, CAPTCHA_OPTIONS } from '../tokens.js';
import {
  type Awaitable,
  CAPTCHA_KINDS,
  type CaptchaClock,
  type CaptchaErrorCode,
  type CaptchaExpectation,
  type CaptchaKind,
  type CaptchaRejection,
  type CaptchaVerdict,
  type ResolvedCaptchaOptions,
} from '../types.js';
import { isPlausible, parseAnswer } from './answer.js';
import { Attempts } from '../limits/attempts.js';
import { isBinding } from '../keys/binding.js';
import { CaptchaKeys } from '../keys/captcha-keys.js';
import type { OpenedKey } from '../keys/key-ring.js';
import { PrefetchedKeys } from './prefetched-keys.js';

/** What whoever asks for a verdict has to say on the way to it. */
export interface VerificationSteps {
  /** Runs when the key is known to be ours and before an attempt is spent; a throw ends the verification. */
  readonly beforeAttempt?: () => Promise<void>;
  /** Whether to let the request through where NAVER, and only NAVER, cannot be asked. */
  readonly allow?: (error: CaptchaUnavailableException) => Awaitable<boolean>;
}

/** A request let through although nothing is known of its answer. */
export interface CaptchaAllowance {
  readonly allowed: CaptchaErrorCode;
}

type Judgement = { readonly kind?: CaptchaKind } & (
  | { readonly verdict: CaptchaVerdict }
  /** To be let through all the same. */
  | { readonly error: CaptchaUnavailableException }
);

/** The rules between an answer and its verdict: the cheapest check first, and the first that fails ends it. */
@Injectable()
export class CaptchaVerifier {
  constructor(
    @Inject(NaverCaptchaClient) private readonly client: NaverCaptchaClient,
    @Inject(CaptchaKeys) private readonly keys: CaptchaKeys,
    @Inject(Attempts) private readonly attempts: Attempts,
    @Inject(PrefetchedKeys) private readonly prefetched: PrefetchedKeys,
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
    @Inject(CAPTCHA_CLOCK) private readonly clock: CaptchaClock,
    @Inject(CAPTCHA_EVENTS) private readonly events: Subject<CaptchaEvent>,
  ) {}

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
    const startedAt = this.clock.now();
    const judgement = await this.judge(answer, expected, steps);
    const { kind } = judgement;
    if ('error' in judgement) return this.allow(judgement.error, expected.action, kind);
    const { verdict } = judgement;
    if (this.events.observed) this.tell(verdict, kind, expected.action, startedAt);
    return verdict;
  }

  private tell(
    verdict: CaptchaVerdict,
    kind: CaptchaKind | undefined,
    action: string | undefined,
    startedAt: number,
  ): void {
    this.events.next({
      type: 'verdict',
      passed: verdict.passed,
      reason: verdict.passed ? undefined : verdict.reason,
      kind,
      action,
      durationMs: this.clock.now() - startedAt,
    });
  }

  /** Tells that a request is let through although NAVER could not be asked. */
  allow({ code }: CaptchaUnavailableException, action?: string, kind?: CaptchaKind): CaptchaAllowance {
    this.events.next({ type: 'allowed', code, kind, action });
    return { allowed: code };
  }

  /** Why nobody can have a picture now: of every kind that is taken none is ready, none can be issued, and NAVER is to blame. */
  issuingOutage(kinds: readonly CaptchaKind[] = CAPTCHA_KINDS): CaptchaUnavailableException | undefined {
    let outage: CaptchaUnavailableException | undefined;
    for (const kind of kinds) {
      const refusal = this.prefetched.has(kind) ? undefined : this.client.refusalOf('issue', kind);
      if (!(refusal instanceof CaptchaUnavailableException)) return undefined;
      outage = refusal;
    }
    return outage;
  }

  private async judge(
    given: unknown,
    expected: CaptchaExpectation,
    steps: VerificationSteps,
  ): Promise<Judgement> {
    const answer = parseAnswer(given);
    if (answer === undefined || !isPlausible(answer.value, CAPTCHA_KINDS, this.options))
      return rejected('malformed');
    const key = await this.keys.ring.open(answer.key, expected);
    if (key === undefined) return rejected('forged');
    const { kind } = key;
    if (this.keys.isExpired(key)) return rejected('expired', kind);
    if (!isBinding(expected.binding) || !key.fits(expected)) return rejected('mismatch', kind);
    if (!isPlausible(answer.value, [kind], this.options)) return rejected('malformed', kind);
    await steps.beforeAttempt?.();
    // Awaited: a promise that is only returned arrives a few turns later.
    return await this.spendAttempt(key, answer.value, steps);
  }

  private async spendAttempt(
    key: OpenedKey,
    value: string,
    { allow }: VerificationSteps,
  ): Promise<Judgement> {
    const { kind } = key;
    const known = this.client.refusalOf('compare', kind);
    // What is known to be refused costs no attempt, unless it is to be let through: that spends the key.
    if (known !== undefined && !(await isAllowed(known, allow))) throw known;
    if (!(await this.attempts.take(key, this.clock.now()))) return rejected('used', kind);
    let comparison: NaverComparison;
    try {
      if (known !== undefined) throw known;
      comparison = await this.client.compare(kind, key.naverKey, value);
    } catch (thrown) {
      if (!(thrown instanceof CaptchaUnavailableException)) throw thrown;
      if (thrown === known || (await isAllowed(thrown, allow))) {
        if (!(await this.attempts.pass(key, this.clock.now()))) return rejected('used', kind);
        return { error: thrown, kind };
      }
      // Only where the client is told so; a key let through has had its turn.
      await this.attempts.giveBack(key, this.clock.now());
      throw thrown;
    }
    return { verdict: await this.verdictOf(key, comparison), kind };
  }

  private async verdictOf(key: OpenedKey, comparison: NaverComparison): Promise<CaptchaVerdict> {
    switch (comparison.result) {
      case 'right': {
        if (!(await this.attempts.pass(key, this.clock.now()))) return { passed: false, reason: 'used' };
        const { responseTimeSeconds } = comparison;
        return {
          passed: true,
          kind: key.kind,
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

/** NAVER's outages alone can be let through; a full day, a dead store or a flood could be bought by an attacker. */
async function isAllowed(error: unknown, allow: VerificationSteps['allow']): Promise<boolean> {
  if (allow === undefined || !(error instanceof CaptchaUnavailableException) || error.origin !== 'naver')
    return false;
  const allowed: unknown = await allow(error);
  return allowed === true;
}

function rejected(reason: CaptchaRejection, kind?: CaptchaKind): Judgement {
  return { verdict: { passed: false, reason }, ...(kind === undefined ? {} : { kind }) };
}
