import { BreakerGate } from '../engines/naver/breaker.gate.js';
import type { CallGate } from '../engines/naver/call-gate.js';
import type { CallReportGate } from '../engines/naver/call-report.gate.js';
import { UnusedNaverGate } from '../engines/naver/unused-naver.gate.js';
import type { QuotaGate } from '../limits/quota.gate.js';
import type { CaptchaClock, ResolvedCaptchaOptions } from '../types.js';

/** The gates of calls to NAVER, in the order in which a call passes them. */
export function callGates(
  { engines }: ResolvedCaptchaOptions,
  report: CallReportGate,
  quota: QuotaGate,
  clock: CaptchaClock,
): readonly CallGate[] {
  if (!engines.includes('naver')) return [new UnusedNaverGate()];
  const breaker = new BreakerGate(clock, (operation, state) => {
    report.breakerChanged(operation, state);
  });
  // The breaker is last, so that no other gate refuses a call that it has let through.
  return [report, quota, breaker];
}
