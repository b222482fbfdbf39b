import type {
  CaptchaAllowance,
  CaptchaVerifier,
  VerificationSteps,
} from '../../challenge/answer-verifier.js';
import type { CaptchaQuotaExceededException, CaptchaUnavailableException } from '../../errors.js';
import type { CaptchaExpectation, CaptchaKind, CaptchaVerdict } from '../../types.js';
import { type CaptchaTestFailure, failing, FIXED_KEY, FIXED_VALUE } from './fixed-answer.js';

/** Called before every verification. @returns the code it is to end with; undefined to judge the answer as it is */
export type VerificationListener = (
  answer: unknown,
  expected: CaptchaExpectation,
) => CaptchaTestFailure | undefined;

/**
 * The module's verifier, which reports each verification to a test. To make one fail, it passes an answer that the real
 * rules refuse with the code.
 */
export class WatchedVerifier implements CaptchaVerifier {
  constructor(
    private readonly real: CaptchaVerifier,
    private readonly listener: VerificationListener,
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
    const failure = this.listener(answer, expected);
    return this.real.verify(failure === undefined ? answer : refusedAnswer(failure), expected, steps);
  }

  allow(outage: CaptchaUnavailableException, action?: string, kind?: CaptchaKind): CaptchaAllowance {
    return this.real.allow(outage, action, kind);
  }

  issuingOutage(kinds?: readonly CaptchaKind[]): CaptchaUnavailableException | undefined {
    return this.real.issuingOutage(kinds);
  }

  usedUpQuota(kinds?: readonly CaptchaKind[]): Promise<CaptchaQuotaExceededException | undefined> {
    return this.real.usedUpQuota(kinds);
  }
}

function refusedAnswer(failure: CaptchaTestFailure): unknown {
  if (failure === 'CAPTCHA_MALFORMED') return undefined;
  return { key: failing(FIXED_KEY, failure), value: FIXED_VALUE };
}
