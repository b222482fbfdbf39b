import { type CanActivate, type ExecutionContext, HttpException, Inject, Injectable } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, Reflector } from '@nestjs/core';

import { CaptchaVerifier, type VerificationSteps } from '../challenge/captcha-verifier.js';
import { type CaptchaFailureKey, type CountedTry, Failures } from '../limits/failures.js';
import { QuietLogger } from '../quiet-logger.js';
import {
  CaptchaException,
  CaptchaMalformedException,
  CaptchaMisconfiguredException,
  CaptchaUnavailableException,
  missingException,
  nameOf,
  rejectionException,
} from '../errors.js';
import { CAPTCHA_OPTIONS, CAPTCHA_REQUIREMENT } from '../tokens.js';
import type { Awaitable, CaptchaAnswer, CaptchaOutcome, ResolvedCaptchaOptions } from '../types.js';
import { CaptchaOutcomes, leaveOutcome } from './captcha-outcomes.js';
import { andThen, attempt } from './awaitable.js';
import {
  type CaptchaAfterFailures,
  type CaptchaRequirement,
  mergeRequirements,
} from './captcha-requirement.js';
import { findAnswer, type FoundAnswer, isAbsent } from '../contexts/find-answer.js';
import { guardsOf } from './guards-of.js';
import { isObject } from '../unknown-values.js';
import { presentException } from '../contexts/present-exception.js';
import { stripAnswer } from '../contexts/strip-answer.js';
import { HTTP } from '../contexts/http.context.js';
import { transportOf } from '../contexts/context-kind-of.js';
import { validateBody } from './validate-body.js';
import { isRefusal, watchResponse } from './watch-response.js';

const REQUIRED: CaptchaRequirement = { required: true };
const FREE_FAILURES = 5;
const FAILURE_WINDOW_MS = 900_000;

/**
 * Lets a request through when its captcha is solved. `@RequireCaptcha()` puts it in front of a route, a resolver or a
 * message's handler; as `APP_GUARD` it stands in front of every HTTP route that has no `@SkipCaptcha()`. It never looks
 * at the HTTP method.
 *
 * Subclasses may override {@link findAnswer}, {@link shouldSkip} and {@link toTransportError}.
 */
@Injectable()
export class CaptchaGuard implements CanActivate {
  constructor(
    @Inject(CaptchaVerifier) private readonly verifier: CaptchaVerifier,
    @Inject(Failures) private readonly failures: Failures,
    @Inject(CaptchaOutcomes) private readonly outcomes: CaptchaOutcomes,
    @Inject(QuietLogger) private readonly logger: QuietLogger,
    /** The settings of the module this guard belongs to. */
    @Inject(CAPTCHA_OPTIONS) readonly options: ResolvedCaptchaOptions,
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
    @Inject(ApplicationConfig) private readonly application: ApplicationConfig,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const requirement = this.requirementOf(context);
    if (requirement === undefined) return true;
    try {
      await this.outcomes.once(context, () => this.letThrough(context, requirement));
    } catch (thrown) {
      if (!(thrown instanceof HttpException)) throw thrown;
      if (thrown instanceof CaptchaException) {
        if (isForTheOperator(thrown)) this.logger.error(`${thrown.code}: ${thrown.message}`);
        throw await this.toTransportError(thrown, context);
      }
      throw await presentException(thrown, context, this.adapterHost, this.options);
    }
    return true;
  }

  /**
   * Where key and value are looked for; whatever is returned is checked as hostile input.
   * @returns an object with `key` and `value`, or nothing where no answer was sent
   */
  protected findAnswer(context: ExecutionContext, requirement: CaptchaRequirement): Awaitable<unknown> {
    if (requirement.extract !== undefined) return requirement.extract(context);
    const transport = transportOf(context);
    const request = transport?.request(context);
    if (transport !== undefined && request !== undefined) return findAnswer(request, transport, this.options);
    throw new CaptchaMisconfiguredException({
      detail:
        `CaptchaGuard does not know where this "${context.getType()}" context holds an answer ` +
        `(${context.getClass().name}.${context.getHandler().name}). ` +
        'Pass @RequireCaptcha({ extract: (context) => ({ key, value }) }).',
    });
  }

  /** Whether no captcha is needed here. Only exactly `true` skips; a throw does not. */
  protected shouldSkip(context: ExecutionContext, requirement: CaptchaRequirement): Awaitable<boolean> {
    const { skipIf } = requirement;
    return typeof skipIf === 'function' ? skipIf(context) : skipIf === true;
  }

  /**
   * Turns a refusal into what this transport's clients get, in their language: a `CaptchaException` over HTTP and in
   * GraphQL, a `WsException` or an `RpcException` for messages.
   */
  protected toTransportError(exception: CaptchaException, context: ExecutionContext): Awaitable<unknown> {
    return presentException(exception, context, this.adapterHost, this.options);
  }

  private requirementOf(context: ExecutionContext): CaptchaRequirement | undefined {
    const requirement = mergeRequirements(
      this.reflector.get<CaptchaRequirement | undefined>(CAPTCHA_REQUIREMENT, context.getClass()),
      this.reflector.get<CaptchaRequirement | undefined>(CAPTCHA_REQUIREMENT, context.getHandler()),
    );
    // Without a decorator of ours this is a global guard, and those protect HTTP routes, unless @UseGuards() put it here.
    if (requirement === undefined) {
      return transportOf(context) === HTTP || this.isPutBefore(context) ? REQUIRED : undefined;
    }
    return requirement.required ? requirement : undefined;
  }

  private isPutBefore(context: ExecutionContext): boolean {
    return [context.getClass(), context.getHandler()].some((target) =>
      guardsOf(target).includes(this.constructor),
    );
  }

  private async letThrough(
    context: ExecutionContext,
    requirement: CaptchaRequirement,
  ): Promise<CaptchaOutcome> {
    const outcome = (await this.isSkipped(context, requirement))
      ? ({ status: 'skipped' } as const)
      : await this.outcomeOf(context, requirement);
    leaveOutcome(context, outcome);
    const transport = transportOf(context);
    if (this.options.strip && transport !== undefined) {
      stripAnswer(transport.request(context)?.body, transport, this.options);
    }
    return outcome;
  }

  private async outcomeOf(
    context: ExecutionContext,
    requirement: CaptchaRequirement,
  ): Promise<CaptchaOutcome> {
    const { afterFailures } = requirement;
    if (afterFailures === undefined) return await this.verified(context, requirement);
    const keys = await this.failureKeys(context, afterFailures);
    if (keys === undefined) return await this.verified(context, requirement);
    const { limit = FREE_FAILURES, windowMs = FAILURE_WINDOW_MS, isFailure = isRefusal } = afterFailures;
    const rate = { limit, windowMs };
    // Verified before anything is counted: whoever sends no captcha must not fill the store with made-up accounts.
    const early = (await this.failures.isDemanded(keys, rate))
      ? await this.verified(context, requirement)
      : undefined;
    // Over other transports what comes of the try is not seen: recordFailure() and recordSuccess() tell it.
    if (transportOf(context) !== HTTP) return early ?? { status: 'notNeeded' };

    const counted = await this.failures.begin(keys, rate);
    const late: CaptchaOutcome | undefined =
      early === undefined && counted.demanded
        ? // Others came to the limit in the meantime.
          await this.verifiedOrTakenBack(context, requirement, counted)
        : undefined;
    watchResponse(context, counted, isFailure, () => {
      this.tellOfLostTry();
    });
    return early ?? late ?? { status: 'notNeeded' };
  }

  /** Without a captcha the handler does not run, so there is no try. */
  private async verifiedOrTakenBack(
    context: ExecutionContext,
    requirement: CaptchaRequirement,
    counted: CountedTry,
  ): Promise<CaptchaOutcome> {
    try {
      return await this.verified(context, requirement);
    } catch (thrown) {
      await counted.takeBack().catch(() => {
        this.tellOfLostTry();
      });
      throw thrown;
    }
  }

  private tellOfLostTry(): void {
    this.logger.warn('CAPTCHA_STORE: the captcha store could not be told of a try that did not fail.');
  }

  private async verified(
    context: ExecutionContext,
    requirement: CaptchaRequirement,
  ): Promise<CaptchaOutcome> {
    const { action, kinds } = requirement;
    const steps = this.stepsOf(context, requirement);
    const answer = await this.ask('extract', () =>
      andThen(this.findAnswer(context, requirement), presentAnswer),
    );
    if (answer === undefined) return this.withoutAnswer(requirement, steps);
    const binding = await this.ask('binding', () => requirement.binding?.(context));

    const verdict = await this.verifier.verify(answer, { action, binding, kinds }, steps);
    if ('allowed' in verdict) return { status: 'allowed', code: verdict.allowed };
    if (!verdict.passed) throw rejectionException(verdict.reason);
    const { kind, responseTimeSeconds } = verdict;
    return {
      status: 'verified',
      kind,
      ...(responseTimeSeconds === undefined ? {} : { responseTimeSeconds }),
    };
  }

  /** While no picture can be had, that none was answered is not the person's fault. */
  private async withoutAnswer(
    { action, kinds }: CaptchaRequirement,
    { allow }: VerificationSteps,
  ): Promise<CaptchaOutcome> {
    const outage = this.verifier.issuingOutage(kinds);
    if (outage === undefined) throw missingException();
    if ((await allow?.(outage)) !== true) throw outage;
    return { status: 'allowed', code: this.verifier.allow(outage, action).allowed };
  }

  private stepsOf(context: ExecutionContext, requirement: CaptchaRequirement): VerificationSteps {
    const { validate, onUnavailable = this.options.onUnavailable } = requirement;
    const transport = transportOf(context);
    return {
      ...(validate === undefined || transport === undefined
        ? {}
        : {
            beforeAttempt: () =>
              validateBody(
                transport.request(context)?.body,
                transport,
                validate,
                this.options,
                this.application,
              ),
          }),
      allow: async (error: CaptchaUnavailableException): Promise<boolean> => {
        if (typeof onUnavailable !== 'function') return onUnavailable === 'allow';
        try {
          return (await onUnavailable(error, context)) === 'allow';
        } catch (thrown) {
          this.logger.warn(`onUnavailable threw, so the request is rejected: ${nameOf(thrown)}`);
          return false;
        }
      },
    };
  }

  private isSkipped(context: ExecutionContext, requirement: CaptchaRequirement): Awaitable<boolean> {
    return attempt(
      () => andThen<unknown, boolean>(this.shouldSkip(context, requirement), (skipped) => skipped === true),
      (thrown) => {
        if (thrown instanceof HttpException) throw thrown;
        this.logger.warn(`skipIf threw, so the captcha is required: ${nameOf(thrown)}`);
        return false;
      },
    );
  }

  /** Nothing where it cannot be told whose try this is: then a captcha is demanded. */
  private async failureKeys(
    context: ExecutionContext,
    { by }: CaptchaAfterFailures,
  ): Promise<readonly CaptchaFailureKey[] | undefined> {
    try {
      const keys = [await by(context)].flat();
      return keys.length > 0 && keys.every(isFailureKey) ? keys : undefined;
    } catch (thrown) {
      this.logger.warn(`afterFailures.by threw, so the captcha is required: ${nameOf(thrown)}`);
      return undefined;
    }
  }

  /** An application's function met something it did not expect, most likely a hostile request: refuse, not 500. */
  private ask<T>(name: string, work: () => Awaitable<T>): Awaitable<T> {
    return attempt(work, (cause) => {
      if (cause instanceof HttpException) throw cause;
      throw new CaptchaMalformedException({ detail: `${name} threw: ${nameOf(cause)}`, cause });
    });
  }
}

/** What no client can mend, and nothing else may have told in the log. */
function isForTheOperator(exception: CaptchaException): boolean {
  if (exception instanceof CaptchaMisconfiguredException) return true;
  return exception instanceof CaptchaUnavailableException && exception.origin === 'store';
}

/** Key and value, both there. Sizes and characters are the verifier's matter. */
function presentAnswer(found: unknown): CaptchaAnswer | undefined {
  if (!isFound(found) || isAbsent(found.key) || isAbsent(found.value)) return undefined;
  const { key, value } = found;
  if (typeof key !== 'string' || typeof value !== 'string') throw rejectionException('malformed');
  return { key, value };
}

function isFound(found: unknown): found is FoundAnswer {
  return isObject(found) && 'key' in found && 'value' in found;
}

function isFailureKey(given: unknown): boolean {
  return (
    typeof given === 'object' &&
    given !== null &&
    'key' in given &&
    typeof given.key === 'string' &&
    given.key !== ''
  );
}
