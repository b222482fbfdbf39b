import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import type { Observable } from 'rxjs';

import { NaverCaptchaService } from '../../challenge/naver-captcha.service.js';
import type { CaptchaEvent } from '../../events.js';
import { CAPTCHA_EVENTS, CAPTCHA_OPTIONS } from '../../tokens.js';
import type { ResolvedCaptchaOptions } from '../../types.js';
import { SCOPE } from './attributes.js';
import { CallSpans } from './call-spans.js';
import { CaptchaInstruments } from './captcha-instruments.js';

/**
 * Tells OpenTelemetry what happens: provide it once, where `NaverCaptchaModule` can be injected. It needs an SDK that
 * was registered before the application started, and costs next to nothing without one.
 *
 * Spans, one for each attempt at a call to NAVER, are below the active span; metrics are under `naver.captcha`. Neither
 * holds a key, an answer, a secret or anything about a person. Of several modules with credentials of their own, each
 * with its own `CaptchaTelemetry`, the counts are added up.
 */
@Injectable()
export class CaptchaTelemetry implements OnModuleInit, OnApplicationShutdown {
  readonly #endings: (() => void)[] = [];

  constructor(
    @Inject(CAPTCHA_EVENTS) private readonly events: Observable<CaptchaEvent>,
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
    @Inject(NaverCaptchaService) private readonly captcha: NaverCaptchaService,
  ) {}

  onModuleInit(): void {
    const spans = new CallSpans(this.options.baseUrl);
    const instruments = new CaptchaInstruments(metrics.getMeter(SCOPE));
    const subscription = this.events.subscribe((event) => {
      record(event, spans, instruments);
    });
    this.#endings.push(
      () => {
        subscription.unsubscribe();
      },
      // What the store cannot tell is not told.
      instruments.observeQuota(() => this.captcha.quota().catch(() => undefined)),
    );
  }

  /** Not onModuleDestroy: requests are served still when Nest calls that. */
  onApplicationShutdown(): void {
    for (const end of this.#endings.splice(0)) end();
  }
}

function record(event: CaptchaEvent, spans: CallSpans, instruments: CaptchaInstruments): void {
  switch (event.type) {
    case 'upstream.call':
      if (event.sent) spans.record(event);
      instruments.call(event);
      return;
    case 'challenge.issued':
      instruments.challenge(event);
      return;
    case 'verdict':
      instruments.verdict(event);
      return;
    case 'allowed':
      instruments.allowed(event);
      return;
    case 'breaker':
      instruments.breaker(event);
      return;
    case 'quota':
    case 'busiest':
      // The gauges and counters show it.
      return;
    default:
      event satisfies never;
  }
}
