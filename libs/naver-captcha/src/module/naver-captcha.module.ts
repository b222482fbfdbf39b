import { randomBytes } from 'node:crypto';

import { HttpModule, HttpService } from '@nestjs/axios';
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

import { Attempts } from '../limits/attempts.js';
import { CaptchaKeys } from '../keys/captcha-keys.js';
import { CaptchaVerifier } from '../challenge/captcha-verifier.js';
import { Failures } from '../limits/failures.js';
import { NaverCaptchaService } from '../challenge/naver-captcha.service.js';
import { MediaCache } from '../challenge/media-cache.js';
import { PersonalNames } from '../limits/hashed-names.js';
import { PrefetchedKeys } from '../challenge/prefetched-keys.js';
import { QuietLogger } from '../quiet-logger.js';
import { QuotaGate } from '../limits/quota.gate.js';
import { CallReportGate } from '../engines/naver/call-report.gate.js';
import type { CaptchaEvent } from '../events.js';
import { CaptchaOutcomes } from '../guard/captcha-outcomes.js';
import { lateCaptchaGuards } from './late-guards.js';
import type { CallGate } from '../engines/naver/call-gate.js';
import { BreakerGate } from '../engines/naver/breaker.gate.js';
import { GatedCalls } from '../engines/naver/gated-calls.js';
import { chooseHttpService } from '../engines/naver/http-service.js';
import { NaverCaptchaClient } from '../engines/naver/naver-captcha.client.js';
import { NaverSender } from '../engines/naver/sender.js';
import { NaverTransport } from '../engines/naver/transport.js';
import type { CaptchaStore } from '../store/captcha-store.js';
import { MemoryCaptchaStore } from '../store/memory-captcha-store.js';
import {
  CAPTCHA_CALL_GATES,
  CAPTCHA_CLOCK,
  CAPTCHA_EVENTS,
  CAPTCHA_OPTIONS,
  CAPTCHA_RANDOM,
  CAPTCHA_STORE,
} from '../tokens.js';
import type { CaptchaClock, CaptchaRandom, ResolvedCaptchaOptions } from '../types.js';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './naver-captcha.module-definition.js';
import type {
  NaverCaptchaModuleExtras,
  NaverCaptchaModuleOptions,
  NaverCaptchaOptionsFactory,
} from './naver-captcha-options.js';
import { resolveOptions } from './resolve-options.js';

/** What `forRootAsync` takes: where the settings come from, and what stands beside them. */
export type NaverCaptchaModuleAsyncOptions = ConfigurableModuleAsyncOptions<
  NaverCaptchaModuleOptions,
  keyof NaverCaptchaOptionsFactory
> &
  NaverCaptchaModuleExtras;

/**
 * NAVER CAPTCHA for an application. Import it once, in the root module:
 * `NaverCaptchaModule.forRoot()` takes every setting from the environment.
 */
@Module({
  // Only so that a test can replace its HttpService: calls do not go through the one that Nest makes.
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
      // The settings are checked first, whatever the order in which providers are made.
      inject: [MODULE_OPTIONS_TOKEN, CAPTCHA_CLOCK, CAPTCHA_OPTIONS],
    },
    {
      provide: CAPTCHA_CALL_GATES,
      // The breaker last: what it lets in, no later gate can refuse.
      useFactory: (report: CallReportGate, quota: QuotaGate, clock: CaptchaClock): readonly CallGate[] => [
        report,
        quota,
        new BreakerGate(clock, (operation, state) => {
          report.breakerChanged(operation, state);
        }),
      ],
      inject: [CallReportGate, QuotaGate, CAPTCHA_CLOCK],
    },
    CallReportGate,
    QuotaGate,
    PersonalNames,
    Failures,
    Attempts,
    CaptchaKeys,
    MediaCache,
    PrefetchedKeys,
    CaptchaVerifier,
    QuietLogger,
    NaverTransport,
    {
      provide: NaverSender,
      useFactory: (
        given: NaverCaptchaModuleOptions,
        injected: HttpService,
        options: ResolvedCaptchaOptions,
        transport: NaverTransport,
      ) => new NaverSender(options, transport, chooseHttpService(given.httpService, injected)),
      inject: [MODULE_OPTIONS_TOKEN, HttpService, CAPTCHA_OPTIONS, NaverTransport],
    },
    GatedCalls,
    NaverCaptchaClient,
    NaverCaptchaService,
    CaptchaOutcomes,
  ],
  exports: [
    CAPTCHA_OPTIONS,
    CAPTCHA_CLOCK,
    CAPTCHA_EVENTS,
    CAPTCHA_STORE,
    QuietLogger,
    Failures,
    CaptchaVerifier,
    NaverCaptchaClient,
    NaverCaptchaService,
    CaptchaOutcomes,
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

  /** Settings from the code, the rest from the environment, which is read when the application starts. */
  static override forRoot(options: NaverCaptchaModuleOptions & NaverCaptchaModuleExtras = {}): DynamicModule {
    return super.forRoot(options);
  }

  /** Settings from a factory (`useFactory` with `inject`), or from a class that is one (`useClass`, `useExisting`). */
  static override forRootAsync(options: NaverCaptchaModuleAsyncOptions): DynamicModule {
    return super.forRootAsync(options);
  }

  onModuleInit(): void {
    this.refuseSecondGlobalModule();
    if (process.env['NODE_ENV'] === 'production' && this.store instanceof MemoryCaptchaStore) {
      this.#logger.warn(
        'Used keys are remembered in this process only: a restart forgets them, and other processes never learn of ' +
          'them. Pass a store that all processes share.',
      );
    }
    if (this.options.keys === 'raw') {
      this.#logger.warn(
        "With keys: 'raw' anybody can make up keys, and each costs one of the day's calls to NAVER.",
      );
    }
    if (this.options.dailyQuota === undefined) {
      this.#logger.warn(
        'NAVER Cloud bills every call and no dailyQuota is set: set one (or NAVER_CAPTCHA_DAILY_QUOTA) to cap the bill.',
      );
    }
  }

  onApplicationBootstrap(): void {
    for (const sentence of lateCaptchaGuards(this.modules, this.application, this.reflector)) {
      this.#logger.warn(sentence);
    }
  }

  private refuseSecondGlobalModule(): void {
    const globals = [...this.modules.values()].filter(
      ({ metatype, isGlobal }) => metatype === NaverCaptchaModule && isGlobal,
    );
    if (globals.length < 2) return;
    throw new Error(
      'NaverCaptchaModule is imported globally more than once, and which one a guard gets would be chance. Import it ' +
        'in the root module alone; for other credentials in the same application pass isGlobal: false.',
    );
  }
}
