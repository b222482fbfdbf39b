import { Inject, Injectable } from '@nestjs/common';
import type { Subject } from 'rxjs';

import {
  CaptchaExpiredException,
  CaptchaInvalidException,
  CaptchaMalformedException,
  CaptchaTooManyException,
  rejectionException,
} from '../errors.js';
import type { CaptchaEvent } from '../events.js';
import { NaverCaptchaClient } from '../engines/naver/naver-captcha.client.js';
import type { CaptchaStore } from '../store/captcha-store.js';
import { CAPTCHA_CLOCK, CAPTCHA_EVENTS, CAPTCHA_OPTIONS, CAPTCHA_STORE } from '../tokens.js';
import {
  CAPTCHA_KINDS,
  type CaptchaAnswer,
  type CaptchaChallenge,
  type CaptchaClock,
  type CaptchaExpectation,
  type CaptchaKind,
  type CaptchaMedia,
  type CaptchaPassed,
  type CaptchaQuota,
  type CaptchaRate,
  type CaptchaVerdict,
  type ResolvedCaptchaOptions,
} from '../types.js';
import { isAction } from '../keys/action.js';
import { askStore } from '../limits/ask-store.js';
import { isBinding } from '../keys/binding.js';
import { CaptchaKeys } from '../keys/captcha-keys.js';
import { CaptchaVerifier } from './captcha-verifier.js';
import { type CaptchaFailureKey, Failures } from '../limits/failures.js';
import { MediaCache } from './media-cache.js';
import { PersonalNames, sameHousehold } from '../limits/hashed-names.js';
import { PrefetchedKeys } from './prefetched-keys.js';
import { QuotaGate } from '../limits/quota.gate.js';

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
  /**
   * Who asks, such as `request.ip ?? 'unknown'` (a connection that was reset has no address any more): `issueLimit`
   * counts by it. IPv6 addresses count by their /64.
   * @default nobody in particular: no limit
   */
  readonly by?: string | undefined;
}

/** Makes challenges and judges answers: every rule of seal, attempts and quota, then NAVER. */
@Injectable()
export class NaverCaptchaService {
  constructor(
    @Inject(NaverCaptchaClient) private readonly client: NaverCaptchaClient,
    @Inject(CaptchaVerifier) private readonly verifier: CaptchaVerifier,
    @Inject(CaptchaKeys) private readonly keys: CaptchaKeys,
    @Inject(MediaCache) private readonly media: MediaCache,
    @Inject(PrefetchedKeys) private readonly prefetched: PrefetchedKeys,
    @Inject(QuotaGate) private readonly quotas: QuotaGate,
    @Inject(Failures) private readonly failures: Failures,
    @Inject(PersonalNames) private readonly personal: PersonalNames,
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
    @Inject(CAPTCHA_STORE) private readonly store: CaptchaStore,
    @Inject(CAPTCHA_CLOCK) private readonly clock: CaptchaClock,
    @Inject(CAPTCHA_EVENTS) private readonly events: Subject<CaptchaEvent>,
  ) {}

  /**
   * Asks NAVER for a key, unless one is ready (`prefetch`), and seals it. One call of the day's quota.
   * @throws CaptchaMalformedException where kind, action or binding is none
   * @throws CaptchaTooManyException where `by` has asked too often
   * @throws CaptchaUnavailableException, CaptchaQuotaExceededException, CaptchaMisconfiguredException
   */
  async createChallenge(options: CreateChallengeOptions = {}): Promise<CaptchaChallenge> {
    const { kind = 'image', action, binding, by } = options;
    if (!CAPTCHA_KINDS.includes(kind))
      throw new CaptchaMalformedException({ detail: 'There is no such kind.' });
    if (action !== undefined && !isAction(action)) {
      throw new CaptchaMalformedException({ detail: 'An action is 1 to 32 of a-z, 0-9, "_" and "-".' });
    }
    if (!isBinding(binding)) throw new CaptchaMalformedException({ detail: 'A binding is a string.' });
    this.keys.ring.assertKeeps({ action, binding });
    const refusal = this.prefetched.has(kind) ? undefined : this.client.refusalOf('issue', kind);
    if (refusal !== undefined) throw refusal;
    if (by !== undefined) await this.limitIssuing(by);
    const prefetched = this.prefetched.take(kind);
    const naverKey = prefetched?.naverKey ?? (await this.client.issueKey(kind));
    const expiresAtMs = inWholeSeconds(
      Math.min(this.clock.now() + this.options.keyTtlMs, prefetched?.expiresAtMs ?? Infinity),
    );
    const key = await this.keys.ring.close({ kind, naverKey, expiresAtMs, action, binding });
    this.events.next({ type: 'challenge.issued', kind, action });
    return { key, kind, expiresAt: new Date(expiresAtMs) };
  }

  /**
   * The picture or the sound of a key this application made. Costs no quota; NAVER is asked at most five times a key,
   * and repeats come from a bounded cache.
   * @throws CaptchaTooManyException where it was fetched five times already
   * @throws CaptchaMalformedException, CaptchaInvalidException, CaptchaExpiredException for keys that are none
   * @throws CaptchaUnavailableException, CaptchaMisconfiguredException
   */
  async fetchMedia(key: string): Promise<CaptchaMedia> {
    if (typeof key !== 'string') throw new CaptchaMalformedException({ detail: 'A key is a string.' });
    const opened = await this.keys.ring.open(key);
    if (opened === undefined) throw new CaptchaInvalidException({ detail: 'This key is not one of ours.' });
    if (this.keys.isExpired(opened)) {
      throw new CaptchaExpiredException({ detail: 'This key is past its time.' });
    }
    return this.media.fetch(opened);
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
    return this.verifier.verify(answer, expected);
  }

  /** What is used of the day's quota, of each kind. */
  async quota(): Promise<Record<CaptchaKind, CaptchaQuota>> {
    const [image, audio] = await Promise.all([this.quotas.usage('image'), this.quotas.usage('audio')]);
    return { image, audio };
  }

  /**
   * Counts a failed try of these keys, for transports whose replies the guard cannot see; over HTTP it does so itself.
   * @returns whether the next try needs a captcha
   */
  async recordFailure(keys: readonly CaptchaFailureKey[], rate: CaptchaRate): Promise<boolean> {
    const { demanded, last } = await this.failures.begin(keys, rate);
    return demanded || last;
  }

  /** Forgets the failures of the keys with `clearOnSuccess`. */
  async recordSuccess(keys: readonly CaptchaFailureKey[]): Promise<void> {
    await this.failures.clear(keys);
  }

  private async limitIssuing(by: string): Promise<void> {
    const { issueLimit } = this.options;
    if (issueLimit === false) return;
    const { limit, windowMs } = issueLimit;
    const name = await this.personal.nameOf('issue', sameHousehold(by));
    const { taken } = await askStore(() => this.store.take(name, { limit, ttlMs: windowMs }));
    if (taken) return;
    throw new CaptchaTooManyException({
      retryAfterSeconds: Math.ceil(windowMs / 1000),
      detail: `More than ${limit} challenges were asked for in ${windowMs} ms.`,
    });
  }
}

/** As a sealed key says it. */
function inWholeSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}
