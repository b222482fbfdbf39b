import type {
  BatchObservableCallback,
  Counter,
  Histogram,
  Meter,
  MetricOptions,
  ObservableGauge,
} from '@opentelemetry/api';

import type {
  AllowedEvent,
  BreakerEvent,
  ChallengeIssuedEvent,
  EngineEvent,
  TollEvent,
  UpstreamCallEvent,
  VerdictEvent,
} from '../../events.js';
import { MEDIA_KINDS, type CaptchaMediaKind, type CaptchaQuota } from '../../types.js';
import {
  ACTION,
  BREAKER_STATE,
  ENGINE,
  ERROR_TYPE,
  failureOf,
  KIND,
  OPERATION,
  present,
  PRESSURE,
  PRICE,
  STATUS_CODE,
  VERDICT,
} from './attributes.js';

const SECONDS: MetricOptions = {
  unit: 's',
  // OpenTelemetry's boundaries for HTTP durations; the default boundaries suit milliseconds.
  advice: {
    explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  },
};

/**
 * The metrics. Every attribute has few values: verdicts carry the action, which the application's code names, but
 * challenges do not, because there the browser names it.
 */
export class CaptchaInstruments {
  readonly #callDuration: Histogram;
  readonly #refusedCalls: Counter;
  readonly #challenges: Counter;
  readonly #tolls: Counter;
  readonly #verdicts: Counter;
  readonly #verdictDuration: Histogram;
  readonly #allowed: Counter;
  readonly #breakerChanges: Counter;
  readonly #engineChanges: Counter;
  readonly #quotaUsed: ObservableGauge;
  readonly #quotaLimit: ObservableGauge;
  readonly #quotaLeft: ObservableGauge;

  constructor(private readonly meter: Meter) {
    this.#callDuration = meter.createHistogram('naver.captcha.call.duration', {
      description: 'The duration of one attempt at a call to NAVER.',
      ...SECONDS,
    });
    this.#refusedCalls = meter.createCounter('naver.captcha.call.refused', {
      description: 'Calls that the quota or a breaker refused before they were sent to NAVER.',
      unit: '{call}',
    });
    this.#challenges = meter.createCounter('naver.captcha.challenges', {
      description: 'Challenges made.',
      unit: '{challenge}',
    });
    this.#tolls = meter.createCounter('naver.captcha.tolls', {
      description: 'Tolls asked for before a challenge was made.',
      unit: '{toll}',
    });
    this.#verdicts = meter.createCounter('naver.captcha.verdicts', {
      description: 'Answers judged.',
      unit: '{verdict}',
    });
    this.#verdictDuration = meter.createHistogram('naver.captcha.verdict.duration', {
      description: 'The duration of judging an answer, including the call to NAVER.',
      ...SECONDS,
    });
    this.#allowed = meter.createCounter('naver.captcha.allowed', {
      description: 'Requests let through while NAVER was unavailable.',
      unit: '{request}',
    });
    this.#breakerChanges = meter.createCounter('naver.captcha.breaker.changes', {
      description: 'Times a breaker changed its state.',
      unit: '{change}',
    });
    this.#engineChanges = meter.createCounter('naver.captcha.engine.changes', {
      description: 'Times the standby took over from NAVER, or NAVER from the standby.',
      unit: '{change}',
    });
    this.#quotaUsed = meter.createObservableGauge('naver.captcha.quota.used', {
      description: "Calls counted against the day's quota.",
      unit: '{call}',
    });
    this.#quotaLimit = meter.createObservableGauge('naver.captcha.quota.limit', {
      description: "The day's quota.",
      unit: '{call}',
    });
    this.#quotaLeft = meter.createObservableGauge('naver.captcha.quota.left', {
      description: 'Challenges that can still be made today.',
      unit: '{challenge}',
    });
  }

  call(event: UpstreamCallEvent): void {
    const { sent, kind, operation, status, durationMs } = event;
    const attributes = { [OPERATION]: operation, [KIND]: kind, [ERROR_TYPE]: failureOf(event) };
    if (sent)
      this.#callDuration.record(seconds(durationMs), present({ ...attributes, [STATUS_CODE]: status }));
    else this.#refusedCalls.add(1, present(attributes));
  }

  challenge({ kind, engine, pressure, price }: ChallengeIssuedEvent): void {
    this.#challenges.add(1, { [KIND]: kind, [ENGINE]: engine, [PRESSURE]: pressure, [PRICE]: price });
  }

  toll({ pressure, level }: TollEvent): void {
    this.#tolls.add(1, { [PRESSURE]: pressure, [PRICE]: level });
  }

  verdict({ reason, kind, engine, pressure, action, durationMs }: VerdictEvent): void {
    const attributes = present({
      [VERDICT]: reason ?? 'passed',
      [KIND]: kind,
      [ENGINE]: engine,
      [PRESSURE]: pressure,
      [ACTION]: action,
    });
    this.#verdicts.add(1, attributes);
    this.#verdictDuration.record(seconds(durationMs), attributes);
  }

  allowed({ code, kind, action }: AllowedEvent): void {
    this.#allowed.add(1, present({ [ERROR_TYPE]: code, [KIND]: kind, [ACTION]: action }));
  }

  breaker({ operation, state }: BreakerEvent): void {
    this.#breakerChanges.add(1, { [OPERATION]: operation, [BREAKER_STATE]: state });
  }

  engine({ engine, kind, reason }: EngineEvent): void {
    this.#engineChanges.add(1, present({ [ENGINE]: engine, [KIND]: kind, [ERROR_TYPE]: reason }));
  }

  /** Calls `ask` each time the metrics are collected. @returns a function that stops it */
  observeQuota(ask: () => Promise<Record<CaptchaMediaKind, CaptchaQuota> | undefined>): () => void {
    const gauges = [this.#quotaUsed, this.#quotaLimit, this.#quotaLeft];
    const observe: BatchObservableCallback = async (result) => {
      const quota = await ask();
      for (const kind of MEDIA_KINDS) {
        const { used, limit, left }: Partial<CaptchaQuota> = quota?.[kind] ?? {};
        if (used !== undefined) result.observe(this.#quotaUsed, used, { [KIND]: kind });
        if (limit !== undefined) result.observe(this.#quotaLimit, limit, { [KIND]: kind });
        if (left !== undefined) result.observe(this.#quotaLeft, left, { [KIND]: kind });
      }
    };
    this.meter.addBatchObservableCallback(observe, gauges);
    return () => {
      this.meter.removeBatchObservableCallback(observe, gauges);
    };
  }
}

/** Never negative, even if the clock was set back. */
function seconds(milliseconds: number): number {
  return Math.max(0, milliseconds) / 1000;
}
