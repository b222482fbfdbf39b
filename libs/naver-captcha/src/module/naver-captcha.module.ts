import { randomBytes } from 'node:crypto';

import { HttpService } from '@nestjs/axios';
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
import { ChallengeIssuer } from '../challenge/challenge-issuer.js';
import { ChallengeMaker } from '../challenge/challenge-maker.js';
import { ChallengeMedia } from '../challenge/challenge-media.js';
import { ChallengeSupply } from '../challenge/challenge-supply.js';
import { EngineChanges } from '../challenge/engine-changes.js';
import { EngineChoice } from '../challenge/engine-choice.js';
import { DrawingTurns } from '../challenge/drawing-turns.js';
import { Engines } from '../challenge/engines.js';
import { FetchTurns } from '../challenge/fetch-turns.js';
import { NaverCaptchaService } from '../challenge/naver-captcha.service.js';
import { TollMaker } from '../challenge/toll-maker.js';
import { Refusals } from '../contexts/refusals.js';
import { CallReportGate } from '../engines/naver/call-report.gate.js';
import { GatedCalls } from '../engines/naver/gated-calls.js';
import { chooseHttpService } from '../engines/naver/http-service.js';
import { NaverCaptchaClient } from '../engines/naver/naver-captcha.client.js';
import { NaverEngine } from '../engines/naver/naver.engine.js';
import { NaverSender } from '../engines/naver/sender.js';
import { NaverTransport } from '../engines/naver/transport.js';
import { UnusedProxies } from '../engines/naver/unused-proxies.js';
import type { CaptchaEvent } from '../events.js';
import { AfterFailures } from '../guard/after-failures.js';
import { BodyValidation } from '../guard/body-validation.js';
import { CaptchaOutcomes } from '../guard/captcha-outcomes.js';
import { KnownDevices } from '../guard/known-devices.js';
import { OutagePolicy } from '../guard/outage-policy.js';
import { WorkActions } from '../challenge/work-actions.js';
import { createCaptchaKeys } from '../keys/captcha-keys.js';
import { Admission } from '../limits/admission.js';
import { Allowances } from '../limits/allowances.js';
import { AnswerLimits } from '../limits/answer-limits.js';
import { AskedCounts } from '../limits/asked-counts.js';
import { Attempts } from '../limits/attempts.js';
import { BusiestAskers } from '../limits/busiest-askers.js';
import { DayQuota } from '../limits/day-quota.js';
import { Failures } from '../limits/failures.js';
import { FetchLimit } from '../limits/fetch-limit.js';
import { HashedNames } from '../limits/hashed-names.js';
import { HouseholdLimit } from '../limits/household-limit.js';
import { IssueLimit } from '../limits/issue-limit.js';
import { OpenChallenges } from '../limits/open-challenges.js';
import { QuotaGate } from '../limits/quota.gate.js';
import { Tolls } from '../limits/tolls.js';
import { WrongAnswers } from '../limits/wrong-answers.js';
import { QuietLogger } from '../quiet-logger.js';
import { SYSTEM_CLOCK } from '../span-clock.js';
import type { CaptchaStore } from '../store/captcha-store.js';
import { MemoryCaptchaStore } from '../store/memory-captcha-store.js';
import { givenStore, ReportedCaptchaStore } from '../store/reported-captcha-store.js';
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
import { callGates } from './call-gates.js';
import { unreadVariables } from './environment-names.js';
import { lateCaptchaGuards } from './late-guards.js';
import { loadEngines } from './load-engines.js';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './naver-captcha.module-definition.js';
import type {
  NaverCaptchaModuleExtras,
  NaverCaptchaModuleOptions,
  NaverCaptchaOptionsFactory,
} from './naver-captcha-options.js';
import { unfitAxios } from './nest-versions.js';
import { refusePromise, withCheckedFactory } from './options-factory.js';
import { reportProtection } from './protection.js';
import { RequestScopeCheck } from './request-scope.js';
import { resolveOptions } from './resolve-options.js';
import { separateStores } from './sibling-modules.js';

/** What `forRootAsync` takes: the source of the options, and the extras. */
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
  providers: [
    {
      provide: CAPTCHA_OPTIONS,
      useFactory: (given: NaverCaptchaModuleOptions): ResolvedCaptchaOptions =>
        resolveOptions(given, process.env),
      inject: [MODULE_OPTIONS_TOKEN],
    },
    { provide: CAPTCHA_CLOCK, useValue: SYSTEM_CLOCK },
    { provide: CAPTCHA_RANDOM, useValue: { bytes: (count) => randomBytes(count) } satisfies CaptchaRandom },
    { provide: CAPTCHA_EVENTS, useFactory: (): Subject<CaptchaEvent> => new Subject() },
    {
      provide: CAPTCHA_STORE,
      useFactory: (
        given: NaverCaptchaModuleOptions,
        clock: CaptchaClock,
        logger: QuietLogger,
      ): CaptchaStore => new ReportedCaptchaStore(given.store ?? new MemoryCaptchaStore({ clock }), logger),
      // CAPTCHA_OPTIONS is injected so that the options are checked before the store is used.
      inject: [MODULE_OPTIONS_TOKEN, CAPTCHA_CLOCK, QuietLogger, CAPTCHA_OPTIONS],
    },
    {
      provide: CAPTCHA_CALL_GATES,
      useFactory: callGates,
      inject: [CAPTCHA_OPTIONS, CallReportGate, QuotaGate, CAPTCHA_CLOCK],
    },
    {
      provide: NaverSender,
      useFactory: (
        given: NaverCaptchaModuleOptions,
        injected: HttpService,
        options: ResolvedCaptchaOptions,
        transport: NaverTransport,
        logger: QuietLogger,
      ) =>
        new NaverSender(
          options,
          transport,
          chooseHttpService(given.httpService, injected),
          new UnusedProxies(logger, injected, options.proxy !== undefined),
        ),
      inject: [MODULE_OPTIONS_TOKEN, HttpService, CAPTCHA_OPTIONS, NaverTransport, QuietLogger],
    },
    // Factories and not useExisting: Nest 11 resolves an alias to its target even if a test has overridden it.
    { provide: CAPTCHA_ENGINE, useFactory: (engine: NaverEngine) => engine, inject: [NaverEngine] },
    {
      provide: Engines,
      useFactory: loadEngines,
      inject: [MODULE_OPTIONS_TOKEN, CAPTCHA_OPTIONS, CAPTCHA_ENGINE, CAPTCHA_RANDOM, QuietLogger],
    },
    { provide: CAPTCHA_KEYS, useFactory: createCaptchaKeys, inject: [CAPTCHA_OPTIONS, CAPTCHA_RANDOM] },
    {
      provide: CAPTCHA_VERIFIER,
      useFactory: (verifier: AnswerVerifier) => verifier,
      inject: [AnswerVerifier],
    },
    Admission,
    AfterFailures,
    Allowances,
    AnswerLimits,
    AnswerVerifier,
    AskedCounts,
    Attempts,
    BodyValidation,
    BusiestAskers,
    CallReportGate,
    CaptchaOutcomes,
    ChallengeIssuer,
    ChallengeMaker,
    ChallengeMedia,
    ChallengeSupply,
    DayQuota,
    EngineChanges,
    EngineChoice,
    Failures,
    FetchLimit,
    FetchTurns,
    DrawingTurns,
    GatedCalls,
    HashedNames,
    HouseholdLimit,
    IssueLimit,
    KnownDevices,
    NaverCaptchaClient,
    NaverCaptchaService,
    NaverEngine,
    NaverTransport,
    OpenChallenges,
    OutagePolicy,
    QuietLogger,
    QuotaGate,
    Refusals,
    RequestScopeCheck,
    TollMaker,
    Tolls,
    WorkActions,
    WrongAnswers,
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
    // What the controller of the routes injects.
    WorkActions,
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
    // Nest 10.0 has none in an application context, which serves no requests.
    @Inject(ApplicationConfig) private readonly application: ApplicationConfig | undefined,
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(WorkActions) private readonly workActions: WorkActions,
  ) {
    super();
  }

  /** Takes options from code, and the others from the environment, which is read when the application starts. */
  static override forRoot(options: NaverCaptchaModuleOptions & NaverCaptchaModuleExtras = {}): DynamicModule {
    refusePromise(options);
    return super.forRoot(options);
  }

  /** Takes options from a factory function (`useFactory` with `inject`) or class (`useClass`, `useExisting`). */
  static override forRootAsync(options: NaverCaptchaModuleAsyncOptions): DynamicModule {
    return withCheckedFactory(super.forRootAsync(options), options);
  }

  onModuleInit(): void {
    this.#refuseSecondGlobalModule();
    this.#checkOnceForAllModules();
    if (process.env['NODE_ENV'] === 'production' && givenStore(this.store) instanceof MemoryCaptchaStore) {
      this.#logger.warn(
        'The memory store remembers used keys in this process only: a restart forgets them, and another process ' +
          'accepts them once more. Pass a store that all processes share, such as RedisCaptchaStore.',
      );
    }
    if (!this.options.engines.includes('naver')) {
      this.#logger.log("NAVER is not used (engines: ['standby']): the standby makes every challenge.");
    }
    if (this.options.pace !== false && this.store.pop === undefined) {
      this.#logger.warn(
        'pace is not kept: the store has no method pop, so it cannot give back what visitors do not answer. Add pop and ' +
          'amounts to the store, or leave pace out.',
      );
    }
    if (this.options.keys === 'raw') {
      this.#logger.warn(
        "With keys: 'raw' a client can invent keys, and each one costs a call of the day's quota. Over HTTP issueLimit " +
          "limits them by the client's address, so trust your proxy. Use keys: 'sealed' unless the keys are issued elsewhere.",
      );
    }
  }

  onApplicationBootstrap(): void {
    if (this.application === undefined) return;
    const { lines, warnings, requirements } = reportProtection(
      this.modules,
      this.application,
      this.reflector,
    );
    this.workActions.learn(requirements);
    const late = lateCaptchaGuards(this.modules, this.application, this.reflector);
    for (const sentence of [...late, ...warnings]) this.#logger.warn(sentence);
    this.#logger.debug(['What the captcha protects:', ...lines].join('\n  '));
  }

  /** In an application with several of these modules, only the first one checks what concerns them all. */
  #checkOnceForAllModules(): void {
    const all: NaverCaptchaModule[] = [];
    for (const module of this.modules.values()) {
      if (module.instance instanceof NaverCaptchaModule) all.push(module.instance);
    }
    if (all[0] !== this) return;
    const warnings = [
      ...separateStores(all.map(({ options, store }) => ({ options, store: givenStore(store) }))),
      ...unreadVariables(process.env),
      ...[unfitAxios() ?? []].flat(),
    ];
    for (const warning of warnings) this.#logger.warn(warning);
  }

  #refuseSecondGlobalModule(): void {
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
