import { toUSVString } from 'node:util';

import { Inject, Injectable } from '@nestjs/common';

import type { CaptchaException } from '../../errors.js';
import { CAPTCHA_OPTIONS } from '../../tokens.js';
import type { CaptchaMediaKind, CaptchaMedia, NaverCall, ResolvedCaptchaOptions } from '../../types.js';
import { GatedCalls } from './gated-calls.js';
import { PLATFORMS } from './platforms.js';
import { type NaverComparison, readComparison, readIssuedKey, readMedia } from './wire-format.js';

/**
 * NAVER's three calls, typed, for callers that need nothing else. The client knows nothing of sealed keys or key
 * attempts: `NaverCaptchaService` does.
 *
 * Every call throws `CaptchaUnavailableException` if NAVER cannot be asked or sends an unexpected reply,
 * `CaptchaQuotaExceededException` if the day's quota is used up, and `CaptchaMisconfiguredException`, with the remedy
 * in its message, if NAVER refuses the credentials.
 */
@Injectable()
export class NaverCaptchaClient {
  constructor(
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
    @Inject(GatedCalls) private readonly calls: GatedCalls,
  ) {}

  /** Issues a NAVER key. Counts against the day's quota of its kind. */
  issueKey(kind: CaptchaMediaKind): Promise<string> {
    const { platform } = this.options;
    return this.calls.make(this.#call('issue', kind), {
      path: PLATFORMS[platform].paths[kind].key,
      query: { code: '0' },
      read: (reply) => readIssuedKey(reply, platform),
    });
  }

  /**
   * Fetches the picture or the sound of a NAVER key. Costs no quota.
   * @throws CaptchaExpiredException if NAVER does not know the key, or no longer knows it
   */
  fetchMedia(kind: CaptchaMediaKind, naverKey: string): Promise<CaptchaMedia> {
    const { platform } = this.options;
    return this.calls.make(this.#call('fetch', kind), {
      path: PLATFORMS[platform].paths[kind].media,
      query: { key: toUSVString(naverKey) },
      read: (reply) => readMedia(reply, kind, platform),
    });
  }

  /** Compares an answer with a NAVER key. Counts against the day's quota of its kind. */
  compare(kind: CaptchaMediaKind, naverKey: string, value: string): Promise<NaverComparison> {
    const { platform } = this.options;
    return this.calls.make(this.#call('compare', kind), {
      path: PLATFORMS[platform].paths[kind].key,
      // Any client can send half of a surrogate pair, and a URL cannot hold it.
      query: { code: '1', key: toUSVString(naverKey), value: toUSVString(value) },
      read: (reply) => readComparison(reply, platform),
    });
  }

  /** The exception that the call would be refused with, if this process knows it without I/O; otherwise undefined. */
  refusalOf(operation: NaverCall['operation'], kind: CaptchaMediaKind): CaptchaException | undefined {
    return this.calls.refusalOf(this.#call(operation, kind));
  }

  #call(operation: NaverCall['operation'], kind: CaptchaMediaKind): NaverCall {
    return { platform: this.options.platform, kind, operation };
  }
}
