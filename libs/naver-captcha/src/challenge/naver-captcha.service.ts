import { Inject, Injectable } from '@nestjs/common';

import { rejectionException } from '../errors.js';
import { type CaptchaFailureKey, Failures } from '../limits/failures.js';
import { DayQuota } from '../limits/day-quota.js';
import { IssueLimit } from '../limits/issue-limit.js';
import { CAPTCHA_VERIFIER } from '../tokens.js';
import type {
  CaptchaAnswer,
  CaptchaChallenge,
  CaptchaExpectation,
  CaptchaMediaKind,
  CaptchaMedia,
  CaptchaPassed,
  CaptchaQuota,
  CaptchaRate,
  CaptchaVerdict,
} from '../types.js';
import type { CaptchaVerifier } from './answer-verifier.js';
import { ChallengeMaker, type CreateChallengeOptions } from './challenge-maker.js';
import { ChallengeMedia } from './challenge-media.js';

/** Makes challenges and judges answers: every rule of keys, attempts and quota, then NAVER or the standby. */
@Injectable()
export class NaverCaptchaService {
  constructor(
    @Inject(ChallengeMaker) private readonly maker: ChallengeMaker,
    @Inject(ChallengeMedia) private readonly media: ChallengeMedia,
    @Inject(CAPTCHA_VERIFIER) private readonly verifier: CaptchaVerifier,
    @Inject(DayQuota) private readonly dayQuota: DayQuota,
    @Inject(IssueLimit) private readonly issueLimit: IssueLimit,
    @Inject(Failures) private readonly failures: Failures,
  ) {}

  /**
   * Asks NAVER for a key, unless one is ready (`prefetch`), and seals it. Two calls of the day's quota: this one, and the
   * comparison of the answer, which is given back if no answer comes. If NAVER cannot issue one, the standby makes the
   * challenge, if there is a standby; that costs no call.
   * @throws CaptchaBadRequestException if kind, action or binding is invalid
   * @throws CaptchaTooManyException if `by` has asked too often, or given too many wrong answers
   * @throws CaptchaWorkRequiredException if the page can pay a toll (`toll`) and has to; it contains the puzzle
   * @throws CaptchaInvalidException if the toll it pays is forged or not solved
   * @throws CaptchaUnavailableException, CaptchaQuotaExceededException, CaptchaMisconfiguredException
   */
  async createChallenge(options: CreateChallengeOptions = {}): Promise<CaptchaChallenge> {
    return this.maker.create(options);
  }

  /**
   * The picture or the sound of a key this application made. Costs no quota; NAVER, or the standby, is asked at most five
   * times a key, and repeats come from a bounded cache.
   * @throws CaptchaTooManyException if it was fetched five times already
   * @throws CaptchaMalformedException, CaptchaInvalidException, CaptchaExpiredException if the key is not valid
   * @throws CaptchaUnavailableException, CaptchaMisconfiguredException
   */
  async fetchMedia(key: string): Promise<CaptchaMedia> {
    return this.media.fetch(key);
  }

  /**
   * Begins to fetch the picture or the sound of a new key from NAVER while the key travels to the page, which requests it
   * next. Does nothing for a key of the standby, which draws when it is asked: robots that only ask for keys cost nothing.
   */
  fetchAhead(key: string): void {
    this.media.fetchAhead(key).catch(() => undefined);
  }

  /**
   * Judges an answer and throws unless it passes; what most callers want.
   * @throws CaptchaException, one subclass for each code
   */
  async verifyOrThrow(answer: CaptchaAnswer, expected?: CaptchaExpectation): Promise<CaptchaPassed> {
    const verdict = await this.verify(answer, expected);
    if (!verdict.passed) throw rejectionException(verdict.reason);
    return verdict;
  }

  /**
   * Judges an answer. The verdict is always an object, so test `verdict.passed`: `if (await verify(…))` is always
   * true. {@link verifyOrThrow} cannot be misread so.
   *
   * At most one call to NAVER, and none for what can be judged without asking it.
   * @throws CaptchaUnavailableException, CaptchaQuotaExceededException, CaptchaMisconfiguredException if no verdict
   *   can be had; these are never a verdict
   */
  async verify(answer: CaptchaAnswer, expected: CaptchaExpectation = {}): Promise<CaptchaVerdict> {
    return this.verifier.verify(answer, expected);
  }

  /** What is used of the day's quota, of each kind. */
  async quota(): Promise<Record<CaptchaMediaKind, CaptchaQuota>> {
    const [image, audio] = await Promise.all([this.dayQuota.usage('image'), this.dayQuota.usage('audio')]);
    return { image, audio };
  }

  /**
   * The hashes under which the log line `CAPTCHA_BUSIEST` and the event `busiest` name this address and its network. Use
   * it to find in an access log whom they name.
   */
  async hashesOf(ip: string): Promise<{ readonly household: string; readonly network: string | undefined }> {
    return this.issueLimit.hashesOf(ip);
  }

  /**
   * Counts a failed try of these keys, for contexts whose replies the guard cannot see; over HTTP it does so itself.
   * @returns true if the next try needs a captcha
   */
  async recordFailure(keys: readonly CaptchaFailureKey[], rate: CaptchaRate): Promise<boolean> {
    const { demanded, last } = await this.failures.begin(keys, rate);
    return demanded || last;
  }

  /** Resets the failure counts of the keys with `clearOnSuccess`. */
  async recordSuccess(keys: readonly CaptchaFailureKey[]): Promise<void> {
    await this.failures.clear(keys);
  }
}
