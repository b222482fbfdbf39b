import type { QuotaEvent } from '../events.js';
import type { ResolvedCaptchaOptions } from '../types.js';

type Options = Pick<ResolvedCaptchaOptions, 'engines'>;

/** What follows for visitors once the day's quota is used up, and what the operator can do. */
export function usedUpConsequence({ engines }: Options): string {
  return engines.includes('standby')
    ? 'Visitors get challenges of the standby until midnight in Korea. If that comes often, raise dailyQuota with NAVER, or ' +
        'require the captcha only after failures (afterFailures).'
    : 'Visitors get CAPTCHA_QUOTA_EXCEEDED until midnight in Korea. To keep the form open, add a standby; to use fewer ' +
        'calls, require the captcha only after failures (afterFailures).';
}

/** What a level of the day's quota means for visitors, and what the operator can do. */
export function levelConsequence(level: QuotaEvent['level'], options: Options): string {
  const usedUp = usedUpConsequence(options);
  switch (level) {
    case '80%':
      return `When it runs out: ${usedUp}`;
    case '100%':
      return usedUp;
    case 'closed':
      return `NAVER reported that it is used up. ${usedUp}`;
    case 'reopened':
      return 'NAVER accepts calls again, so visitors get its challenges again. There is nothing to do.';
    default:
      return level satisfies never;
  }
}

/** What follows for visitors from challenges beyond the pace, and what the operator can do. */
export function paceConsequence({ engines }: Options): string {
  const instead = engines.includes('standby') ? 'the standby makes some of them' : 'some of them are refused';
  return (
    `so ${instead}. CAPTCHA_BUSIEST names the networks that ask most. If these are visitors, raise dailyQuota or ` +
    'pace.headroom.'
  );
}
