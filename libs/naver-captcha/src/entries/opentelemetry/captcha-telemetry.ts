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
 * Reports the module's events to OpenTelemetry. Provide it once, in a module that can inject what `NaverCaptchaModule`
 * exports. It needs an SDK that is registered before the application starts; without one it does almost nothing.
 *
 * Each attempt at a call to NAVER is a span, a child of the active span; the names of the metrics begin with
 * `naver.captcha`. Neither contains a key, an answer, a secret or personal data. If several modules with different
 * credentials each have a `CaptchaTelemetry`, their counts are added up.
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
      // If the store fails, the gauges have no value.
      instruments.observeQuota(() => this.captcha.quota().catch(() => undefined)),
    );
  }

  /** Not onModuleDestroy: Nest still serves requests when it calls that. */
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
    case 'toll':
      instruments.toll(event);
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
    case 'engine':
      instruments.engine(event);
      return;
    case 'quota':
    case 'busiest':
      // The gauges and counters show it.
      return;
    default:
      event satisfies never;
  }
}
