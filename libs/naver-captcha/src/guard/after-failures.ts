import { Inject, Injectable } from '@nestjs/common';

import { HTTP } from '../contexts/http.context.js';
import { nameOf } from '../errors.js';
import { type CaptchaFailureKey, type CountedTry, Failures } from '../limits/failures.js';
import { QuietLogger } from '../quiet-logger.js';
import type { CaptchaOutcome } from '../types.js';
import { isObject } from '../unknown-values.js';
import type { CaptchaAfterFailures, GuardedCall } from './captcha-requirement.js';
import { isRefusal, type TryResult, watchResponse } from './watch-response.js';

const FREE_FAILURES = 5;
const FAILURE_WINDOW_MS = 900_000;

/** Requires the captcha only after several failed tries (`afterFailures`). */
@Injectable()
export class AfterFailures {
  constructor(
    @Inject(Failures) private readonly failures: Failures,
    @Inject(QuietLogger) private readonly logger: QuietLogger,
  ) {}

  /** The outcome of a call: `notNeeded` while its failures are below the limit, otherwise that of `verify`. */
  async outcomeOf(
    { context, kind }: GuardedCall,
    afterFailures: CaptchaAfterFailures,
    verify: () => Promise<CaptchaOutcome>,
  ): Promise<CaptchaOutcome> {
    const keys = await this.#keysOf(context, afterFailures);
    if (keys === undefined) return verify();
    const { limit = FREE_FAILURES, windowMs = FAILURE_WINDOW_MS, isFailure = isRefusal } = afterFailures;
    const rate = { limit, windowMs };
    // Verified before anything is counted: a client without a captcha must not fill the store with made-up accounts.
    const early = (await this.failures.isDemanded(keys, rate)) ? await verify() : undefined;
    // The replies of other contexts are not seen: the application calls recordFailure() and recordSuccess().
    if (kind !== HTTP) return early ?? { status: 'notNeeded' };

    const counted = await this.failures.begin(keys, rate);
    // Other requests may have reached the limit in the meantime.
    const late =
      early === undefined && counted.demanded ? await this.#verifyOrTakeBack(verify, counted) : undefined;
    watchResponse(context, {
      isFailure,
      marksFailure: counted.last || counted.demanded,
      onEnd: (result) => {
        this.#end(counted, result);
      },
    });
    return early ?? late ?? { status: 'notNeeded' };
  }

  /** Without a captcha the handler does not run, so there is no try to count. */
  async #verifyOrTakeBack(
    verify: () => Promise<CaptchaOutcome>,
    counted: CountedTry,
  ): Promise<CaptchaOutcome> {
    try {
      return await verify();
    } catch (thrown) {
      await counted.takeBack().catch(() => {
        this.#warnOfStore();
      });
      throw thrown;
    }
  }

  #end(counted: CountedTry, result: TryResult): void {
    if (result === 'failed') return;
    const end = result === 'succeeded' ? counted.succeed() : counted.takeBack();
    end.catch(() => {
      this.#warnOfStore();
    });
  }

  #warnOfStore(): void {
    this.logger.warn(
      'CAPTCHA_STORE: the captcha store failed, so a failure count could not be reset; the visitor may be asked for a ' +
        'captcha too early. Check the store.',
    );
  }

  /** Returns undefined if the keys cannot be determined: then a captcha is required. */
  async #keysOf(
    context: GuardedCall['context'],
    { by }: CaptchaAfterFailures,
  ): Promise<readonly CaptchaFailureKey[] | undefined> {
    try {
      const keys = [await by(context)].flat();
      return keys.length > 0 && keys.every(isFailureKey) ? keys : undefined;
    } catch (thrown) {
      this.logger.warn(
        `afterFailures.by threw ${nameOf(thrown)}, so visitors need a captcha at once. Fix the function.`,
      );
      return undefined;
    }
  }
}

function isFailureKey(given: unknown): boolean {
  return isObject(given) && typeof given['key'] === 'string' && given['key'] !== '';
}
