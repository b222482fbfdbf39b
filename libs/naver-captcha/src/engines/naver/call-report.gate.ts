import { Inject, Injectable } from '@nestjs/common';
import type { Subject } from 'rxjs';

import { CaptchaException } from '../../errors.js';
import type { BreakerEvent, CaptchaEvent } from '../../events.js';
import { QuietLogger } from '../../quiet-logger.js';
import { CAPTCHA_EVENTS, CAPTCHA_OPTIONS } from '../../tokens.js';
import type { NaverCall, ResolvedCaptchaOptions } from '../../types.js';
import type { CallGate, NaverCallResult } from './call-gate.js';

const BREAKER_REMEDIES: Readonly<Record<BreakerEvent['state'], string>> = {
  open: 'If it stays open, check the connection from this machine to NAVER.',
  'half-open': 'one call tries whether NAVER answers again.',
  closed: 'calls are sent to NAVER again.',
};

/** Reports every call to NAVER as an event, and every failed call in the log. */
@Injectable()
export class CallReportGate implements CallGate {
  constructor(
    @Inject(CAPTCHA_EVENTS) private readonly events: Subject<CaptchaEvent>,
    @Inject(QuietLogger) private readonly logger: QuietLogger,
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
  ) {}

  after(call: NaverCall, { durationMs, error, sent, status }: NaverCallResult): void {
    const code = error instanceof CaptchaException ? error.code : undefined;
    if (error !== undefined && code !== undefined) this.#log(code, error.message);
    if (!this.events.observed) return;
    this.events.next({ type: 'upstream.call', ...call, sent, durationMs, status, code });
  }

  /** Reports that the breaker of an operation opened, closed, or lets a trial call through. */
  breakerChanged(operation: NaverCall['operation'], state: BreakerEvent['state']): void {
    const consequence =
      state === 'open' ? `NAVER failed, and ${this.#visitorsGet()} until a trial call succeeds. ` : '';
    this.logger.warn(
      `CAPTCHA_BREAKER: the breaker of calls to ${operation} is ${state}: ${consequence}${BREAKER_REMEDIES[state]}`,
    );
    this.events.next({ type: 'breaker', platform: this.options.platform, operation, state });
  }

  #visitorsGet(): string {
    return this.options.engines.includes('standby')
      ? 'visitors get challenges of the standby'
      : 'visitors get CAPTCHA_UNAVAILABLE or what onUnavailable decides';
  }

  #log(code: CaptchaException['code'], message: string): void {
    // Visitors cause these with old or made-up keys, and the operator can do nothing about them.
    if (code === 'CAPTCHA_EXPIRED' || code === 'CAPTCHA_INVALID') return;
    const line = `${code}: ${message}`;
    if (code === 'CAPTCHA_MISCONFIGURED') this.logger.error(line);
    else this.logger.warn(line);
  }
}
