import { Inject, Injectable } from '@nestjs/common';

import { HTTP } from '../contexts/http.context.js';
import { CaptchaQuotaExceededException, nameOf } from '../errors.js';
import { type CaptchaFailureKey, type CountedTry, Failures } from '../limits/failures.js';
import { QuietLogger } from '../quiet-logger.js';
import type { CaptchaOutcome } from '../types.js';
import { isObject } from '../unknown-values.js';
import type { CaptchaAfterFailures, GuardedCall } from './captcha-requirement.js';
import { handlerName } from './developer-warnings.js';
import { KnownDevices } from './known-devices.js';
import { type TryResult, watchResponse } from './watch-response.js';

const FREE_FAILURES = 5;
const FAILURE_WINDOW_MS = 900_000;

/** Requires the captcha only after several failed tries (`afterFailures`). */
@Injectable()
export class AfterFailures {
  constructor(
    @Inject(Failures) private readonly failures: Failures,
    @Inject(KnownDevices) private readonly knownDevices: KnownDevices,
    @Inject(QuietLogger) private readonly logger: QuietLogger,
  ) {}

  /** The outcome of a call: `notNeeded` while its failures are below the limit, otherwise that of `verify`. */
  async outcomeOf(
    call: GuardedCall,
    afterFailures: CaptchaAfterFailures,
    verifyAnswer: () => Promise<CaptchaOutcome>,
  ): Promise<CaptchaOutcome> {
    const { context, kind } = call;
    const { limit = FREE_FAILURES, windowMs = FAILURE_WINDOW_MS, isFailure } = afterFailures;
    const rate = { limit, windowMs };
    const given = await this.#keysOf(context, afterFailures);
    if (given === undefined) return verifyAnswer();
    const device = await this.knownDevices.deviceOf(call, given);
    const keys = device?.keys ?? given;
    const verify = (): Promise<CaptchaOutcome> => verifyAnswer().catch(throwSooner(windowMs));
    // Verified before anything is counted: a client without a captcha must not fill the store with made-up accounts.
    const early = (await this.failures.isDemanded(keys, rate)) ? await verify() : undefined;
    // The replies of other contexts are not seen: the application calls recordFailure() and recordSuccess().
    if (kind !== HTTP) return early ?? { status: 'notNeeded' };

    const counted = await this.failures.begin(keys, rate);
    // Other requests may have reached the limit in the meantime.
    const late =
      early === undefined && counted.demanded ? await this.#verifyOrTakeBack(verify, counted) : undefined;
    const isWatched = watchResponse(context, {
      isFailure,
      marksFailure: counted.last || counted.demanded,
      successCookies: device?.successCookies,
      onEnd: (result) => {
        this.#end(counted, result);
      },
    });
    if (!isWatched) this.#warnOfResponse(context);
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

  #warnOfResponse(context: GuardedCall['context']): void {
    this.logger.warnOnce(
      `${handlerName(context)} counts failures, but the responses of this HTTP adapter cannot be watched, so every try counts as a ` +
        'failure. Use the Express or the Fastify adapter.',
    );
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
        `afterFailures.by of ${handlerName(context)} threw ${nameOf(thrown)}, so visitors need a captcha at once. ` +
          'Fix the function.',
      );
      return undefined;
    }
  }
}

/** Says when to come back: the failures are forgotten after `windowMs`, mostly long before the quota resets. */
function throwSooner(windowMs: number): (thrown: unknown) => never {
  return (thrown) => {
    if (!(thrown instanceof CaptchaQuotaExceededException)) throw thrown;
    const { retryAfterSeconds = Infinity, message: detail } = thrown;
    throw new CaptchaQuotaExceededException({
      retryAfterSeconds: Math.min(retryAfterSeconds, Math.ceil(windowMs / 1000)),
      detail,
      cause: thrown,
    });
  };
}

function isFailureKey(given: unknown): boolean {
  return isObject(given) && typeof given['key'] === 'string' && given['key'] !== '';
}
