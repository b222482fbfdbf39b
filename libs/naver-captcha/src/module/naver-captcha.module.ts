import { randomBytes } from 'node:crypto';

import { HttpModule } from '@nestjs/axios';
import {
  type ConfigurableModuleAsyncOptions,
  type DynamicModule,
  Inject,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { ApplicationConfig, ModulesContainer, Reflector } from '@nestjs/core';
import { Subject } from 'rxjs';

import { AnswerVerifier } from '../challenge/answer-verifier.js';
import { ChallengeMaker } from '../challenge/challenge-maker.js';
import { ChallengeMedia } from '../challenge/challenge-media.js';
import { ChallengeSupply } from '../challenge/challenge-supply.js';
import { NaverCaptchaService } from '../challenge/naver-captcha.service.js';
import { Refusals } from '../contexts/refusals.js';
import { BreakerGate } from '../engines/naver/breaker.gate.js';
import type { CallGate } from '../engines/naver/call-gate.js';
import { CallReportGate } from '../engines/naver/call-report.gate.js';
import { NaverCaptchaClient } from '../engines/naver/naver-captcha.client.js';
import { NaverEngine } from '../engines/naver/naver.engine.js';
import { NaverTransport } from '../engines/naver/transport.js';
import type { CaptchaEvent } from '../events.js';
import { AfterFailures } from '../guard/after-failures.js';
import { BodyValidation } from '../guard/body-validation.js';
import { CaptchaOutcomes } from '../guard/captcha-outcomes.js';
import { OutagePolicy } from '../guard/outage-policy.js';
import { createCaptchaKeys } from '../keys/captcha-keys.js';
import { Allowances } from '../limits/allowances.js';
import { Attempts } from '../limits/attempts.js';
import { Failures } from '../limits/failures.js';
import { FetchLimit } from '../limits/fetch-limit.js';
import { HashedNames } from '../limits/hashed-names.js';
import { IssueLimit } from '../limits/issue-limit.js';
import { QuotaGate } from '../limits/quota.gate.js';
import { QuietLogger } from '../quiet-logger.js';
import type { CaptchaStore } from '../store/captcha-store.js';
import { MemoryCaptchaStore } from '../store/memory-captcha-store.js';
import {
  CAPTCHA_CALL_GATES,
  CAPTCHA_CLOCK,
  CAPTCHA_ENGINE,
  CAPTCHA_EVENTS,
  CAPTCHA_KEYS,
  CAPTCHA_OPTIONS,
  CAPTCHA_RANDOM,
  CAPTCHA_STORE,
  CAPTCHA_VERIFIER,
} from '../tokens.js';
import type { CaptchaClock, CaptchaRandom, ResolvedCaptchaOptions } from '../types.js';
import { lateCaptchaGuards } from './late-guards.js';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './naver-captcha.module-definition.js';
import type {
  NaverCaptchaModuleExtras,
  NaverCaptchaModuleOptions,
  NaverCaptchaOptionsFactory,
} from './naver-captcha-options.js';
import { reportProtection } from './protection.js';
import { resolveOptions } from './resolve-options.js';

/** What `forRootAsync` takes: where the options come from, and what stands beside them. */
export type NaverCaptchaModuleAsyncOptions = ConfigurableModuleAsyncOptions<
  NaverCaptchaModuleOptions,
  keyof NaverCaptchaOptionsFactory
> &
  NaverCaptchaModuleExtras;

/**
 * NAVER CAPTCHA for an application. Import it once, in the root module:
 * `NaverCaptchaModule.forRoot()` takes every option from the environment.
 */
@Module({
  // HttpModule itself: an application that imports it too shares its HttpService, interceptors and mocks with us.
  imports: [HttpModule],
  providers: [
    {
      provide: CAPTCHA_OPTIONS,
      useFactory: (given: NaverCaptchaModuleOptions): ResolvedCaptchaOptions =>
        resolveOptions(given, process.env),
      inject: [MODULE_OPTIONS_TOKEN],
    },
    { provide: CAPTCHA_CLOCK, useValue: { now: () => Date.now() } satisfies CaptchaClock },
    { provide: CAPTCHA_RANDOM, useValue: { bytes: (count) => randomBytes(count) } satisfies CaptchaRandom },
    { provide: CAPTCHA_EVENTS, useFactory: (): Subject<CaptchaEvent> => new Subject() },
    {
      provide: CAPTCHA_STORE,
      useFactory: (given: NaverCaptchaModuleOptions, clock: CaptchaClock): CaptchaStore =>
        given.store ?? new MemoryCaptchaStore({ clock }),
      // CAPTCHA_OPTIONS is injected so that the options are checked before the store is used.
      inject: [MODULE_OPTIONS_TOKEN, CAPTCHA_CLOCK, CAPTCHA_OPTIONS],
    },
    {
      provide: CAPTCHA_CALL_GATES,
      // The breaker is last, so that no other gate refuses a call that it has let through.
      useFactory: (report: CallReportGate, quota: QuotaGate, clock: CaptchaClock): readonly CallGate[] => [
        report,
        quota,
        new BreakerGate(clock, (operation, state) => {
          report.breakerChanged(operation, state);
        }),
      ],
      inject: [CallReportGate, QuotaGate, CAPTCHA_CLOCK],
    },
    { provide: CAPTCHA_ENGINE, useExisting: NaverEngine },
    { provide: CAPTCHA_KEYS, useFactory: createCaptchaKeys, inject: [CAPTCHA_OPTIONS, CAPTCHA_RANDOM] },
    { provide: CAPTCHA_VERIFIER, useExisting: AnswerVerifier },
    AfterFailures,
    Allowances,
    AnswerVerifier,
    Attempts,
    BodyValidation,
    CallReportGate,
    CaptchaOutcomes,
    ChallengeMaker,
    ChallengeMedia,
    ChallengeSupply,
    Failures,
    FetchLimit,
    HashedNames,
    IssueLimit,
    NaverCaptchaClient,
    NaverCaptchaService,
    NaverEngine,
    NaverTransport,
    OutagePolicy,
    QuietLogger,
    QuotaGate,
    Refusals,
  ],
  exports: [
    CAPTCHA_CLOCK,
    CAPTCHA_EVENTS,
    CAPTCHA_OPTIONS,
    CAPTCHA_STORE,
    NaverCaptchaClient,
    NaverCaptchaService,
    // What CaptchaGuard injects, wherever @UseGuards() makes one.
    CAPTCHA_VERIFIER,
    AfterFailures,
    BodyValidation,
    CaptchaOutcomes,
    OutagePolicy,
    QuietLogger,
    Refusals,
  ],
})
export class NaverCaptchaModule
  extends ConfigurableModuleClass
  implements OnModuleInit, OnApplicationBootstrap
{
  readonly #logger = new Logger('NaverCaptcha');

  constructor(
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
    @Inject(CAPTCHA_STORE) private readonly store: CaptchaStore,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Inject(ApplicationConfig) private readonly application: ApplicationConfig,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {
    super();
  }

  /** Takes options from code, and the others from the environment, which is read when the application starts. */
  static override forRoot(options: NaverCaptchaModuleOptions & NaverCaptchaModuleExtras = {}): DynamicModule {
    return super.forRoot(options);
  }

  /** Takes options from a factory function (`useFactory` with `inject`) or class (`useClass`, `useExisting`). */
  static override forRootAsync(options: NaverCaptchaModuleAsyncOptions): DynamicModule {
    return super.forRootAsync(options);
  }

  onModuleInit(): void {
    this.refuseSecondGlobalModule();
    if (process.env['NODE_ENV'] === 'production' && this.store instanceof MemoryCaptchaStore) {
      this.#logger.warn(
        'The memory store remembers used keys in this process only: a restart forgets them, and another process ' +
          'accepts them once more. Pass a store that all processes share, such as RedisCaptchaStore.',
      );
    }
    if (this.options.keys === 'raw') {
      this.#logger.warn(
        "With keys: 'raw' a client can invent keys, and each one costs a call of the day's quota. Use keys: 'sealed' " +
          'unless the keys are issued elsewhere.',
      );
    }
    if (this.options.dailyQuota === undefined) {
      this.#logger.warn(
        'NAVER Cloud bills every call, and dailyQuota is not set: set it (or NAVER_CAPTCHA_DAILY_QUOTA) to limit the bill.',
      );
    }
  }

  onApplicationBootstrap(): void {
    const { lines, warnings } = reportProtection(this.modules, this.application, this.reflector);
    const late = lateCaptchaGuards(this.modules, this.application, this.reflector);
    for (const sentence of [...late, ...warnings]) this.#logger.warn(sentence);
    this.#logger.debug(['What the captcha protects:', ...lines].join('\n  '));
  }

  private refuseSecondGlobalModule(): void {
    const globals = [...this.modules.values()].filter(
      ({ metatype, isGlobal }) => metatype === NaverCaptchaModule && isGlobal,
    );
    if (globals.length < 2) return;
    throw new Error(
      'NaverCaptchaModule is imported globally more than once, so a guard could get either. Import it in the root ' +
        'module only; for other credentials in the same application pass isGlobal: false.',
    );
  }
}
