import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Observable, Subscription } from 'rxjs';

import { NaverCaptchaService } from '../../challenge/naver-captcha.service.js';
import { CaptchaUnavailableException } from '../../errors.js';
import type { BreakerEvent, CaptchaEvent } from '../../events.js';
import { NaverCaptchaClient } from '../../engines/naver/naver-captcha.client.js';
import { CAPTCHA_CLOCK, CAPTCHA_EVENTS, CAPTCHA_OPTIONS } from '../../tokens.js';
import type {
  CaptchaClock,
  CaptchaMediaKind,
  CaptchaQuota,
  NaverCall,
  ResolvedCaptchaOptions,
} from '../../types.js';
import { KnownBreakers } from './known-breakers.js';
import { type CaptchaCredentialsState, KnownCredentials } from './known-credentials.js';
import { terminusResult } from './terminus-result.js';

/** What a health check looks at. */
export interface CaptchaHealthOptions {
  /**
   * The kinds that the site needs: NAVER Developers enables each separately, and gives each its own quota.
   * @default ['image']
   */
  readonly kinds?: readonly CaptchaMediaKind[] | undefined;
}

const PROBLEMS = ['credentials-refused', 'breaker-open', 'quota-used-up', 'store-unavailable'] as const;

/** Why visitors cannot get a captcha, or cannot answer one. */
export type CaptchaHealthProblem = (typeof PROBLEMS)[number];

/** What a health endpoint shows. It contains no secret. */
export interface CaptchaHealth {
  readonly status: 'up' | 'down';
  /**
   * Present if NAVER cannot serve visitors and the standby does. The status is still `up`, because the form works: an
   * instance must not be taken out of service for it.
   */
  readonly degraded?: true;
  /** Empty if the status is `up`, unless it is `degraded`. */
  readonly problems: readonly CaptchaHealthProblem[];
  /** What NAVER's latest replies show; `unknown` if it has not replied, which `breakers` reports. */
  readonly credentials: Readonly<Record<CaptchaMediaKind, CaptchaCredentialsState>>;
  /** `open`: recent calls failed, so none are sent for a while. `half-open`: the next call is a trial. */
  readonly breakers: Readonly<Record<NaverCall['operation'], BreakerEvent['state']>>;
  /** Absent if the store fails. */
  readonly quota?: Readonly<Record<CaptchaMediaKind, Omit<CaptchaQuota, 'resetsAt'>>>;
}

/**
 * A health indicator for `@nestjs/terminus`. The captcha is down if NAVER refuses the credentials of a needed kind, a
 * breaker is open, a needed kind has no challenge left today, or the store fails. A single failed call does not make it
 * down: the credentials are then `unknown`, and a breaker opens if more calls fail. With a standby only the store's
 * failure makes it down; the others make it `degraded`. Without NAVER only the store is looked at.
 *
 * It costs no quota. The calls made for visitors show whether the credentials are accepted; after five minutes without
 * one, a check requests the picture of a key that does not exist, at most once a minute for each kind. If NAVER does
 * not answer, that check takes `timeoutMs`.
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
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
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

  /** The health under this name, in the form that Terminus expects: `() => this.captcha.isHealthy('captcha')`. */
  async isHealthy<const Key extends string>(
    key: Key,
    { kinds = ['image'] }: CaptchaHealthOptions = {},
  ): Promise<Record<Key, CaptchaHealth>> {
    const usesNaver = this.options.engines.includes('naver');
    const probes = usesNaver ? kinds.map((kind) => this.#credentials.refresh(kind)) : [];
    const [quota] = await Promise.all([this.#quota(), ...probes]);
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
    const hasStandby = this.options.engines.includes('standby');
    const isDown = problems.length > 0 && (!hasStandby || problems.includes('store-unavailable'));
    return terminusResult(key, {
      status: isDown ? 'down' : 'up',
      ...(problems.length > 0 && !isDown ? { degraded: true as const } : {}),
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
