import { type CanActivate, type ExecutionContext, HttpException, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';

import type { CaptchaVerifier, VerificationSteps } from '../challenge/answer-verifier.js';
import { findAnswer, isAbsent, stripAnswer } from '../contexts/answer-fields.js';
import { contextKindOf } from '../contexts/context-kind-of.js';
import type { ContextKind } from '../contexts/context-kind.js';
import { HTTP } from '../contexts/http.context.js';
import { RPC } from '../contexts/rpc.context.js';
import { Refusals } from '../contexts/refusals.js';
import {
  CaptchaException,
  CaptchaMalformedException,
  CaptchaMisconfiguredException,
  CaptchaUnavailableException,
  missingException,
  nameOf,
  rejectionException,
} from '../errors.js';
import { clientOf } from '../limits/household.js';
import { QuietLogger } from '../quiet-logger.js';
import { CAPTCHA_OPTIONS, CAPTCHA_REQUIREMENT, CAPTCHA_VERIFIER } from '../tokens.js';
import type { Awaitable, CaptchaAnswer, CaptchaOutcome, ResolvedCaptchaOptions } from '../types.js';
import { isObject } from '../unknown-values.js';
import { AfterFailures } from './after-failures.js';
import { BodyValidation } from './body-validation.js';
import { attachOutcome, CaptchaOutcomes } from './captcha-outcomes.js';
import { type CaptchaRequirement, type GuardedCall, mergeRequirements } from './captcha-requirement.js';
import { handlerName, mismatchWarning } from './developer-warnings.js';
import { guardsOf } from './guards-of.js';
import { OutagePolicy } from './outage-policy.js';

const REQUIRED: CaptchaRequirement = { required: true };

/**
 * Lets a request through when its captcha is solved. `@RequireCaptcha()` puts it in front of a route, a resolver or a
 * message's handler; as `APP_GUARD` it protects every HTTP route that has no `@SkipCaptcha()`. It never looks at the
 * HTTP method.
 *
 * Subclasses may override {@link findAnswer}, {@link shouldSkip} and {@link toTransportError}.
 */
@Injectable()
export class CaptchaGuard implements CanActivate {
  constructor(
    @Inject(CAPTCHA_VERIFIER) private readonly verifier: CaptchaVerifier,
    @Inject(AfterFailures) private readonly afterFailures: AfterFailures,
    @Inject(BodyValidation) private readonly bodyValidation: BodyValidation,
    @Inject(CaptchaOutcomes) private readonly outcomes: CaptchaOutcomes,
    @Inject(OutagePolicy) private readonly outagePolicy: OutagePolicy,
    @Inject(Refusals) private readonly refusals: Refusals,
    @Inject(QuietLogger) private readonly logger: QuietLogger,
    /** The settings of the module this guard belongs to. */
    @Inject(CAPTCHA_OPTIONS) readonly options: ResolvedCaptchaOptions,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const kind = contextKindOf(context);
    const requirement = this.#requirementOf(context, kind);
    if (requirement === undefined) return true;
    try {
      await this.outcomes.once(context, this.constructor, () =>
        this.#letThrough({ context, kind, requirement }),
      );
    } catch (thrown) {
      if (!(thrown instanceof HttpException)) throw thrown;
      if (!(thrown instanceof CaptchaException)) throw await this.refusals.present(thrown, context, kind);
      if (isForOperator(thrown)) this.logger.error(`${thrown.code}: ${thrown.message}`);
      throw await this.toTransportError(thrown, context);
    }
    return true;
  }

  /**
   * Finds key and value; the result is checked as hostile input.
   * @returns an object with `key` and `value`, or undefined if no answer was sent
   */
  protected findAnswer(context: ExecutionContext, requirement: CaptchaRequirement): Awaitable<unknown> {
    if (requirement.extract !== undefined) return requirement.extract(context);
    const kind = contextKindOf(context);
    const request = kind?.request(context);
    if (kind !== undefined && request !== undefined) return findAnswer(request, kind, this.options);
    throw new CaptchaMisconfiguredException({
      detail:
        `CaptchaGuard does not know where this "${context.getType()}" context has an answer ` +
        `(${handlerName(context)}). ` +
        'Pass @RequireCaptcha({ extract: (context) => ({ key, value }) }).',
    });
  }

  /** Whether no captcha is needed here. Only exactly `true` skips; a throw does not. */
  protected shouldSkip(context: ExecutionContext, requirement: CaptchaRequirement): Awaitable<boolean> {
    const { skipIf } = requirement;
    return typeof skipIf === 'function' ? skipIf(context) : skipIf === true;
  }

  /**
   * Turns a refusal into what the clients of this context get, in their language: a `CaptchaException` over HTTP and in
   * GraphQL, a `WsException` or an `RpcException` for messages.
   */
  protected toTransportError(exception: CaptchaException, context: ExecutionContext): Awaitable<unknown> {
    return this.refusals.present(exception, context, contextKindOf(context));
  }

  #requirementOf(context: ExecutionContext, kind: ContextKind | undefined): CaptchaRequirement | undefined {
    const requirement = mergeRequirements(
      this.#requirementAt(context.getClass()),
      this.#requirementAt(context.getHandler()),
    );
    // Without a decorator of ours this is a global guard, which protects HTTP routes, or one put here by @UseGuards().
    if (requirement === undefined) {
      return kind === HTTP || this.#isUsedOn(context) ? REQUIRED : undefined;
    }
    return requirement.required ? requirement : undefined;
  }

  #requirementAt(target: Parameters<Reflector['get']>[1]): CaptchaRequirement | undefined {
    return this.reflector.get<CaptchaRequirement | undefined>(CAPTCHA_REQUIREMENT, target);
  }

  #isUsedOn(context: ExecutionContext): boolean {
    return [context.getClass(), context.getHandler()].some((target) =>
      guardsOf(target).includes(this.constructor),
    );
  }

  async #letThrough(call: GuardedCall): Promise<CaptchaOutcome> {
    const { context, kind, requirement } = call;
    const outcome = await this.#outcomeOf(call);
    if (kind === undefined) return outcome;
    const field = kind.field?.(context);
    if (field !== undefined && (outcome.status === 'verified' || outcome.status === 'allowed')) {
      this.outcomes.fields.record(field, { outcome, requirement });
    }
    attachOutcome(context, kind, outcome);
    const isAskedAgain = outcome.status === 'skipped' && this.#isFollowedByOther(context);
    if (this.options.strip && !isAskedAgain) stripAnswer(kind.request(context)?.body, kind, this.options);
    return outcome;
  }

  /** A guard of another class does not accept the skip of this one, and still needs the answer. */
  #isFollowedByOther(context: ExecutionContext): boolean {
    const guards = [context.getClass(), context.getHandler()].flatMap(guardsOf);
    return guards.some((guard) => isCaptchaGuard(guard) && guard !== this.constructor);
  }

  async #outcomeOf(call: GuardedCall): Promise<CaptchaOutcome> {
    if (await this.#isSkipped(call)) return { status: 'skipped' };
    const above = this.#outcomeAbove(call);
    if (above !== undefined) return above;
    const { afterFailures } = call.requirement;
    if (afterFailures === undefined) return this.#verified(call);
    return this.afterFailures.outcomeOf(call, afterFailures, () => this.#verified(call));
  }

  #outcomeAbove({ context, kind }: GuardedCall): CaptchaOutcome | undefined {
    const field = kind?.field?.(context);
    if (field === undefined) return undefined;
    return this.outcomes.fields.outcomeAbove(field, this.#requirementAt(context.getHandler()));
  }

  async #verified(call: GuardedCall): Promise<CaptchaOutcome> {
    const { context, kind, requirement } = call;
    const { action, kinds } = requirement;
    const steps: VerificationSteps = {
      // Messages of microservices have no address, and one limit for all callers would refuse most of them.
      by: kind === undefined || kind === RPC ? undefined : () => clientOf(kind.address(context)),
      beforeAttempt: this.bodyValidation.checkOf(call),
      allow: (outage) => this.outagePolicy.allows(call, outage),
    };
    const answer = await this.#ask('extract', async () =>
      presentAnswer(await this.findAnswer(context, requirement)),
    );
    if (answer === undefined) return this.#withoutAnswer(call);
    const bind = requirement.binding;
    const binding = bind && (await this.#ask('binding', async () => bind(context)));

    const verdict = await this.verifier.verify(answer, { action, binding, kinds }, steps);
    if ('allowed' in verdict) return { status: 'allowed', code: verdict.allowed };
    if (!verdict.passed) {
      if (verdict.reason === 'mismatch') this.logger.warn(mismatchWarning(call));
      throw rejectionException(verdict.reason);
    }
    const { passed, ...verified } = verdict;
    return { status: 'verified', ...verified };
  }

  /** While no visitor can get a challenge, a missing answer is an outage and not the visitor's fault. */
  async #withoutAnswer(call: GuardedCall): Promise<CaptchaOutcome> {
    const { action, afterFailures, kinds } = call.requirement;
    const outage = this.verifier.issuingOutage(kinds);
    if (outage === undefined) {
      // A visitor who gets no challenge today learns when to come back: the failures are forgotten before that.
      const usedUp = afterFailures && (await this.verifier.usedUpQuota(kinds));
      throw usedUp ?? missingException();
    }
    if (!(await this.outagePolicy.allows(call, outage))) throw outage;
    return { status: 'allowed', code: this.verifier.allow(outage, action).allowed };
  }

  async #isSkipped({ context, requirement }: GuardedCall): Promise<boolean> {
    try {
      const skipped: unknown = await this.shouldSkip(context, requirement);
      return skipped === true;
    } catch (thrown) {
      if (thrown instanceof HttpException) throw thrown;
      this.logger.warn(
        `skipIf of ${handlerName(context)} threw ${nameOf(thrown)}, so visitors need a captcha. Fix the function.`,
      );
      return false;
    }
  }

  /** Runs a function of the application. A throw most likely means a hostile request, which is refused: no 500. */
  async #ask<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof HttpException) throw cause;
      throw new CaptchaMalformedException({ detail: `${name} threw: ${nameOf(cause)}`, cause });
    }
  }
}

/** True for the class of the captcha guard and its subclasses. */
export function isCaptchaGuard(type: unknown): type is typeof CaptchaGuard {
  return type === CaptchaGuard || (typeof type === 'function' && type.prototype instanceof CaptchaGuard);
}

/** Returns true for refusals that only the operator can mend, and that no other code logs. */
function isForOperator(exception: CaptchaException): boolean {
  if (exception instanceof CaptchaMisconfiguredException) return true;
  return exception instanceof CaptchaUnavailableException && exception.origin === 'store';
}

/** Key and value, if both were sent; the verifier checks sizes and characters. */
function presentAnswer(found: unknown): CaptchaAnswer | undefined {
  if (!isObject(found)) return undefined;
  const { key, value } = found;
  if (isAbsent(key) || isAbsent(value)) return undefined;
  if (typeof key !== 'string' || typeof value !== 'string') throw rejectionException('malformed');
  return { key, value };
}
