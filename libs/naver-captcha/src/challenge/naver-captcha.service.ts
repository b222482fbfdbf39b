import { Inject, Injectable } from '@nestjs/common';
import type { Subject } from 'rxjs';

import {
  CaptchaExpiredException,
  CaptchaInvalidException,
  CaptchaMalformedException,
  CaptchaQuotaExceededException,
  CaptchaUnavailableException,
  rejectionException,
} from '../errors.js';
import type { CaptchaEvent } from '../events.js';
import { NaverCaptchaClient } from '../naver/naver-captcha.client.js';
import type { CaptchaStore } from '../store/captcha-store.js';
import { CAPTCHA_CLOCK, CAPTCHA_EVENTS, CAPTCHA_OPTIONS, CAPTCHA_RANDOM, CAPTCHA_STORE } from '../tokens.js';
import {
  CAPTCHA_KINDS,
  type CaptchaAnswer,
  type CaptchaChallenge,
  type CaptchaClock,
  type CaptchaExpectation,
  type CaptchaKind,
  type CaptchaMedia,
  type CaptchaPassed,
  type CaptchaRandom,
  type CaptchaRejection,
  type CaptchaVerdict,
  type ResolvedCaptchaOptions,
} from '../types.js';
import { isAction } from './action.js';
import { isPlausible, parseAnswer } from './answer.js';
import { Attempts } from './attempts.js';
import { type KeyRing, type OpenedKey, RawKeyRing, SealedKeyRing } from './key-ring.js';
import { quotaResetsAt } from './quota-day.js';

/** What a challenge is for. */
export interface CreateChallengeOptions {
  /** @default 'image' */
  readonly kind?: CaptchaKind | undefined;
  /** What the key is for, such as `signup`: `^[a-z0-9_-]{1,32}$`. A route passes only keys of its own action. */
  readonly action?: string | undefined;
  /**
   * Whom the key is for: a saved session's id or a cookie of the site's own. Not an IP address (mobile networks
   * change it) nor an unsaved session (it is new with each request).
   */
  readonly binding?: string | undefined;
}

/** Makes challenges and judges answers: every rule of seal and attempts, then NAVER. */
@Injectable()
export class NaverCaptchaService {
  readonly #keys: KeyRing;
  readonly #attempts: Attempts;

  constructor(
    @Inject(NaverCaptchaClient) private readonly client: NaverCaptchaClient,
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
    @Inject(CAPTCHA_STORE) store: CaptchaStore,
    @Inject(CAPTCHA_CLOCK) private readonly clock: CaptchaClock,
    @Inject(CAPTCHA_RANDOM) random: CaptchaRandom,
    @Inject(CAPTCHA_EVENTS) private readonly events: Subject<CaptchaEvent>,
  ) {
    this.#keys = options.keys === 'raw' ? new RawKeyRing() : new SealedKeyRing(options, random);
    this.#attempts = new Attempts(store, options);
  }

  /**
   * Asks NAVER for a key and seals it. One call of the day's quota.
   * @throws CaptchaMalformedException where kind or action is none
   * @throws CaptchaUnavailableException, CaptchaQuotaExceededException, CaptchaMisconfiguredException
   */
  async createChallenge(options: CreateChallengeOptions = {}): Promise<CaptchaChallenge> {
    const { kind = 'image', action, binding } = options;
    if (!CAPTCHA_KINDS.includes(kind))
      throw new CaptchaMalformedException({ detail: 'There is no such kind.' });
    if (action !== undefined && !isAction(action)) {
      throw new CaptchaMalformedException({ detail: 'An action is 1 to 32 of a-z, 0-9, "_" and "-".' });
    }
    this.#keys.assertKeeps({ action, binding });
    const naverKey = await this.askNaver(() => this.client.issueKey(kind));
    const expiresAtMs = Math.floor((this.clock.now() + this.options.keyTtlMs) / 1000) * 1000;
    const key = await this.#keys.close({ kind, naverKey, expiresAtMs, action, binding });
    this.events.next({ type: 'challenge.issued', kind, action });
    return { key, kind, expiresAt: new Date(expiresAtMs) };
  }

  /**
   * Fetches the picture or the sound of a key this application made. Costs no quota.
   * @throws CaptchaMalformedException, CaptchaInvalidException, CaptchaExpiredException for keys that are none
   * @throws CaptchaUnavailableException, CaptchaMisconfiguredException
   */
  async fetchMedia(key: string): Promise<CaptchaMedia> {
    if (typeof key !== 'string') throw new CaptchaMalformedException({ detail: 'A key is a string.' });
    const opened = await this.#keys.open(key);
    if (opened === undefined) throw new CaptchaInvalidException({ detail: 'This key is not one of ours.' });
    if (this.isExpired(opened)) throw new CaptchaExpiredException({ detail: 'This key is past its time.' });
    return this.askNaver(() => this.client.fetchMedia(opened.kind, opened.naverKey));
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
   * At most one call of the day's quota, and none for whatever can be told without asking NAVER.
   * @throws CaptchaUnavailableException, CaptchaQuotaExceededException, CaptchaMisconfiguredException where no
   *   verdict can be had; these are never a verdict
   */
  async verify(answer: CaptchaAnswer, expected: CaptchaExpectation = {}): Promise<CaptchaVerdict> {
    const startedAt = this.clock.now();
    const { verdict, kind } = await this.judge(answer, expected);
    this.events.next({
      type: 'verdict',
      passed: verdict.passed,
      reason: verdict.passed ? undefined : verdict.reason,
      kind,
      action: expected.action,
      durationMs: this.clock.now() - startedAt,
    });
    return verdict;
  }

  /** The cheapest check first; the first that fails ends it. */
  private async judge(
    given: unknown,
    expected: CaptchaExpectation,
  ): Promise<{ verdict: CaptchaVerdict; kind?: CaptchaKind }> {
    const answer = parseAnswer(given);
    if (answer === undefined || !isPlausible(answer.value, CAPTCHA_KINDS, this.options))
      return rejected('malformed');
    const key = await this.#keys.open(answer.key, expected);
    if (key === undefined) return rejected('forged');
    const { kind } = key;
    if (this.isExpired(key)) return rejected('expired', kind);
    if (!key.fits(expected)) return rejected('mismatch', kind);
    if (!isPlausible(answer.value, [kind], this.options)) return rejected('malformed', kind);
    if (!(await this.#attempts.take(key, this.clock.now()))) return rejected('used', kind);
    return { verdict: await this.compare(key, answer.value), kind };
  }

  private async compare(key: OpenedKey, value: string): Promise<CaptchaVerdict> {
    const { kind, naverKey } = key;
    const comparison = await this.askNaver(() => this.client.compare(kind, naverKey, value)).catch(
      async (thrown: unknown) => {
        if (thrown instanceof CaptchaUnavailableException)
          await this.#attempts.giveBack(key, this.clock.now());
        throw thrown;
      },
    );
    switch (comparison.result) {
      case 'right': {
        if (!(await this.#attempts.pass(key, this.clock.now()))) return { passed: false, reason: 'used' };
        const { responseTimeSeconds } = comparison;
        return { passed: true, kind, ...(responseTimeSeconds === undefined ? {} : { responseTimeSeconds }) };
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

  private isExpired({ expiresAtMs }: OpenedKey): boolean {
    return expiresAtMs !== undefined && expiresAtMs <= this.clock.now();
  }

  /** NAVER says that the quota is used up, and we say until when. */
  private async askNaver<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (thrown) {
      if (!(thrown instanceof CaptchaQuotaExceededException)) throw thrown;
      const now = this.clock.now();
      const retryAfterSeconds = Math.ceil((quotaResetsAt(now) - now) / 1000);
      throw new CaptchaQuotaExceededException({ retryAfterSeconds, detail: thrown.message, cause: thrown });
    }
  }
}

function rejected(
  reason: CaptchaRejection,
  kind?: CaptchaKind,
): { verdict: CaptchaVerdict; kind?: CaptchaKind } {
  return { verdict: { passed: false, reason }, ...(kind === undefined ? {} : { kind }) };
}
