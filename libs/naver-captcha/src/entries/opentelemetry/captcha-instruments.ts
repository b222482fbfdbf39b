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
  UpstreamCallEvent,
  VerdictEvent,
} from '../../events.js';
import { CAPTCHA_KINDS, type CaptchaKind, type CaptchaQuota } from '../../types.js';
import {
  ACTION,
  BREAKER_STATE,
  ERROR_TYPE,
  failureOf,
  KIND,
  OPERATION,
  present,
  STATUS_CODE,
  VERDICT,
} from './attributes.js';

const SECONDS: MetricOptions = {
  unit: 's',
  // OpenTelemetry's own for HTTP: by default they are meant for milliseconds.
  advice: {
    explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  },
};

/**
 * The metrics. Every attribute has few values: an action is told where the application's code names it, and not with a
 * challenge, where the browser does.
 */
export class CaptchaInstruments {
  readonly #callDuration: Histogram;
  readonly #refusedCalls: Counter;
  readonly #challenges: Counter;
  readonly #verdicts: Counter;
  readonly #verdictDuration: Histogram;
  readonly #allowed: Counter;
  readonly #breakerChanges: Counter;
  readonly #quotaUsed: ObservableGauge;
  readonly #quotaLimit: ObservableGauge;
  readonly #quotaLeft: ObservableGauge;

  constructor(private readonly meter: Meter) {
    this.#callDuration = meter.createHistogram('naver.captcha.call.duration', {
      description: 'How long NAVER took for one attempt at a call.',
      ...SECONDS,
    });
    this.#refusedCalls = meter.createCounter('naver.captcha.call.refused', {
      description: 'Calls that quota or breaker refused before anything was sent to NAVER.',
      unit: '{call}',
    });
    this.#challenges = meter.createCounter('naver.captcha.challenges', {
      description: 'Challenges made.',
      unit: '{challenge}',
    });
    this.#verdicts = meter.createCounter('naver.captcha.verdicts', {
      description: 'Answers judged.',
      unit: '{verdict}',
    });
    this.#verdictDuration = meter.createHistogram('naver.captcha.verdict.duration', {
      description: "How long judging an answer took, NAVER's part included.",
      ...SECONDS,
    });
    this.#allowed = meter.createCounter('naver.captcha.allowed', {
      description: 'Requests let through although NAVER could not be asked.',
      unit: '{request}',
    });
    this.#breakerChanges = meter.createCounter('naver.captcha.breaker.changes', {
      description: 'Times a breaker changed its state.',
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

  challenge({ kind }: ChallengeIssuedEvent): void {
    this.#challenges.add(1, { [KIND]: kind });
  }

  verdict({ reason, kind, action, durationMs }: VerdictEvent): void {
    const attributes = present({ [VERDICT]: reason ?? 'passed', [KIND]: kind, [ACTION]: action });
    this.#verdicts.add(1, attributes);
    this.#verdictDuration.record(seconds(durationMs), attributes);
  }

  allowed({ code, kind, action }: AllowedEvent): void {
    this.#allowed.add(1, present({ [ERROR_TYPE]: code, [KIND]: kind, [ACTION]: action }));
  }

  breaker({ operation, state }: BreakerEvent): void {
    this.#breakerChanges.add(1, { [OPERATION]: operation, [BREAKER_STATE]: state });
  }

  /** Asks for the quota whenever somebody reads the metrics, and at no other time. Yields what ends that. */
  observeQuota(ask: () => Promise<Record<CaptchaKind, CaptchaQuota> | undefined>): () => void {
    const gauges = [this.#quotaUsed, this.#quotaLimit, this.#quotaLeft];
    const observe: BatchObservableCallback = async (result) => {
      const quota = await ask();
      for (const kind of CAPTCHA_KINDS) {
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

/** Never negative: the clock may have gone back. */
function seconds(milliseconds: number): number {
  return Math.max(0, milliseconds) / 1000;
}
