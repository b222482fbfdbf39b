import { Inject, Injectable } from '@nestjs/common';

import { CaptchaTooManyException } from '../errors.js';
import type { CaptchaStore } from '../store/captcha-store.js';
import { CAPTCHA_OPTIONS, CAPTCHA_STORE } from '../tokens.js';
import type { ResolvedCaptchaOptions } from '../types.js';
import { askStore } from './ask-store.js';
import { HashedNames } from './hashed-names.js';
import { householdOf } from './household.js';

/** Limits how many challenges one household may ask for (`issueLimit`). */
@Injectable()
export class IssueLimit {
  constructor(
    @Inject(CAPTCHA_STORE) private readonly store: CaptchaStore,
    @Inject(HashedNames) private readonly names: HashedNames,
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
  ) {}

  /**
   * Counts a challenge that this client asks for.
   * @throws CaptchaTooManyException if its household has used up `issueLimit`
   */
  async take(by: string): Promise<void> {
    const { issueLimit } = this.options;
    if (issueLimit === false) return;
    const { limit, windowMs } = issueLimit;
    const name = await this.names.nameOf('issue', householdOf(by));
    const { taken } = await askStore(() => this.store.take(name, { limit, ttlMs: windowMs }));
    if (taken) return;
    throw new CaptchaTooManyException({
      retryAfterSeconds: Math.ceil(windowMs / 1000),
      detail: `More than ${limit} challenges were asked for in ${windowMs} ms.`,
    });
  }
}
