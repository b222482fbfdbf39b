import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Observable, Subscription } from 'rxjs';

import { NaverCaptchaService } from '../../challenge/naver-captcha.service.js';
import { CaptchaUnavailableException } from '../../errors.js';
import type { BreakerEvent, CaptchaEvent } from '../../events.js';
import { NaverCaptchaClient } from '../../engines/naver/naver-captcha.client.js';
import { CAPTCHA_CLOCK, CAPTCHA_EVENTS } from '../../tokens.js';
import type { CaptchaClock, CaptchaKind, CaptchaQuota, NaverCall } from '../../types.js';
import { KnownBreakers } from './known-breakers.js';
import { type CaptchaCredentialsState, KnownCredentials } from './known-credentials.js';
import { tellTerminus } from './tell-terminus.js';

/** What the health depends on. */
export interface CaptchaHealthOptions {
  /**
   * The kinds the site needs: NAVER Developers has them ticked apart, and gives each its own quota.
   * @default ['image']
   */
  readonly kinds?: readonly CaptchaKind[] | undefined;
}

const PROBLEMS = ['credentials-refused', 'breaker-open', 'quota-used-up', 'store-unavailable'] as const;

/** Why people cannot be given, or cannot answer, a captcha. */
export type CaptchaHealthProblem = (typeof PROBLEMS)[number];

/** What a health endpoint shows. Nothing of it is a secret. */
export interface CaptchaHealth {
  readonly status: 'up' | 'down';
  /** Empty where it is up. */
  readonly problems: readonly CaptchaHealthProblem[];
  /** As the calls of the last minutes show; `unknown` where NAVER could not be asked, which is the breaker's matter. */
  readonly credentials: Readonly<Record<CaptchaKind, CaptchaCredentialsState>>;
  /** `open`: NAVER did not answer lately and is not asked for a while. `half-open`: the next call tries it. */
  readonly breakers: Readonly<Record<NaverCall['operation'], BreakerEvent['state']>>;
  /** Absent where the store cannot be asked. */
  readonly quota?: Readonly<Record<CaptchaKind, Omit<CaptchaQuota, 'resetsAt'>>>;
}

/**
 * A health indicator for `@nestjs/terminus`. Down where NAVER refuses the credentials of a needed kind, a breaker is
 * open, a needed kind has no challenge left today, or the store cannot be asked. A single outage is not: it leaves the
 * credentials `unknown`, and the breaker opens when they go on.
 *
 * It costs no quota. The credentials are known from people's own calls; where there were none for five minutes, NAVER
 * is asked for the picture of a key that does not exist, at most once a minute and kind. While NAVER is silent, that
 * one check takes as long as `timeoutMs`.
 */
@Injectable()
export class CaptchaHealthIndicator implements OnModuleInit, OnApplicationShutdown {
  readonly #credentials: KnownCredentials;
  readonly #breakers: KnownBreakers;
  #subscription: Subscription | undefined;

  constructor(
    @Inject(NaverCaptchaService) private readonly captcha: NaverCaptchaService,
    @Inject(NaverCaptchaClient) client: NaverCaptchaClient,
    @Inject(CAPTCHA_CLOCK) clock: CaptchaClock,
    @Inject(CAPTCHA_EVENTS) private readonly events: Observable<CaptchaEvent>,
  ) {
    this.#credentials = new KnownCredentials(client, clock);
    this.#breakers = new KnownBreakers(client);
  }

  onModuleInit(): void {
    this.#subscription = this.events.subscribe((event) => {
      if (event.type === 'upstream.call') this.#credentials.note(event);
      if (event.type === 'breaker') this.#breakers.note(event);
    });
  }

  onApplicationShutdown(): void {
    this.#subscription?.unsubscribe();
  }

  /** The health under this name, as Terminus takes it: `() => this.captcha.isHealthy('captcha')`. */
  async isHealthy<const Key extends string>(
    key: Key,
    { kinds = ['image'] }: CaptchaHealthOptions = {},
  ): Promise<Record<Key, CaptchaHealth>> {
    const [quota] = await Promise.all([
      this.#quota(),
      ...kinds.map((kind) => this.#credentials.refresh(kind)),
    ]);
    const credentials = { image: this.#credentials.of('image'), audio: this.#credentials.of('audio') };
    const breakers = {
      issue: this.#breakers.of('issue'),
      fetch: this.#breakers.of('fetch'),
      compare: this.#breakers.of('compare'),
    };
    const problems = PROBLEMS.filter((problem) => {
      switch (problem) {
        case 'credentials-refused':
          return kinds.some((kind) => credentials[kind] === 'refused');
        case 'breaker-open':
          return Object.values(breakers).includes('open');
        case 'quota-used-up':
          return kinds.some((kind) => quota?.[kind].left === 0);
        case 'store-unavailable':
          return quota === undefined;
        default:
          return problem satisfies never;
      }
    });
    return tellTerminus(key, {
      status: problems.length === 0 ? 'up' : 'down',
      problems,
      credentials,
      breakers,
      ...(quota === undefined ? {} : { quota }),
    });
  }

  async #quota(): Promise<CaptchaHealth['quota']> {
    try {
      const { image, audio } = await this.captcha.quota();
      return { image: shown(image), audio: shown(audio) };
    } catch (thrown) {
      if (thrown instanceof CaptchaUnavailableException) return undefined;
      throw thrown;
    }
  }
}

function shown({ used, limit, left }: CaptchaQuota): Omit<CaptchaQuota, 'resetsAt'> {
  return { used, limit, left };
}
