import { Inject, Injectable } from '@nestjs/common';
import type { Subject } from 'rxjs';

import { CaptchaException } from '../../errors.js';
import type { BreakerEvent, CaptchaEvent } from '../../events.js';
import { CAPTCHA_EVENTS, CAPTCHA_OPTIONS } from '../../tokens.js';
import type { NaverCall, ResolvedCaptchaOptions } from '../../types.js';
import type { CallGate, NaverCallResult } from './call-gate.js';
import { QuietLogger } from '../../quiet-logger.js';

/** Tells of every call to NAVER as an event, and of every failed one in the log. */
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

  /** Tells of a breaker that opened, tries, or closed. */
  breakerChanged(operation: NaverCall['operation'], state: BreakerEvent['state']): void {
    this.logger.warn(`CAPTCHA_BREAKER: the breaker of calls to ${operation} is ${state}.`);
    this.events.next({ type: 'breaker', platform: this.options.platform, operation, state });
  }

  #log(code: CaptchaException['code'], message: string): void {
    // A key that NAVER no longer knows is a person's matter, not the operator's.
    if (code === 'CAPTCHA_EXPIRED' || code === 'CAPTCHA_INVALID') return;
    const line = `${code}: ${message}`;
    if (code === 'CAPTCHA_MISCONFIGURED') this.logger.error(line);
    else this.logger.warn(line);
  }
}
