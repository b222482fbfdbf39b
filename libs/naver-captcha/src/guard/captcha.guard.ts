import { type CanActivate, type ExecutionContext, HttpException, Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost, Reflector } from '@nestjs/core';

import { NaverCaptchaService } from '../challenge/naver-captcha.service.js';
import { QuietLogger } from '../challenge/quiet-logger.js';
import {
  CaptchaException,
  CaptchaMalformedException,
  CaptchaMisconfiguredException,
  CaptchaMissingException,
  rejectionException,
} from '../errors.js';
import { CAPTCHA_OPTIONS, CAPTCHA_REQUIREMENT } from '../tokens.js';
import type { Awaitable, CaptchaAnswer, CaptchaOutcome, ResolvedCaptchaOptions } from '../types.js';
import { CaptchaOutcomes, leaveOutcome } from './captcha-outcomes.js';
import { type CaptchaRequirement, mergeRequirements } from './captcha-requirement.js';
import {
  type AnsweringRequest,
  findAnswer,
  type FoundAnswer,
  headerOf,
  isAbsent,
  stripAnswer,
} from './find-answer.js';
import { localizedException } from './localized-exception.js';

const REQUIRED: CaptchaRequirement = { required: true };

/**
 * Lets a request through when its captcha is solved. `@RequireCaptcha()` puts it in front of a route; as `APP_GUARD`
 * it stands in front of every HTTP route that has no `@SkipCaptcha()`. It never looks at the HTTP method.
 *
 * Subclasses may override {@link findAnswer}, {@link shouldSkip} and {@link toTransportError}.
 */
@Injectable()
export class CaptchaGuard implements CanActivate {
  constructor(
    @Inject(NaverCaptchaService) private readonly captcha: NaverCaptchaService,
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
    @Inject(CaptchaOutcomes) private readonly outcomes: CaptchaOutcomes,
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
    @Inject(QuietLogger) private readonly logger: QuietLogger,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const requirement = this.requirementOf(context);
    if (requirement === undefined) return true;
    try {
      await this.outcomes.once(context, () => this.letThrough(context, requirement));
    } catch (thrown) {
      if (!(thrown instanceof CaptchaException)) throw thrown;
      if (thrown instanceof CaptchaMisconfiguredException)
        this.logger.error(`${thrown.code}: ${thrown.message}`);
      throw await this.toTransportError(thrown, context);
    }
    return true;
  }

  /**
   * Where key and value are looked for; whatever is returned is checked as hostile input.
   * @returns an object with `key` and `value`, or nothing where no answer was sent
   */
  protected findAnswer(context: ExecutionContext, requirement: CaptchaRequirement): Awaitable<unknown> {
    if (requirement.extract !== undefined) return requirement.extract(context);
    if (context.getType() === 'http') return findAnswer(requestOf(context), this.options);
    throw new CaptchaMisconfiguredException({
      detail:
        `CaptchaGuard does not know where a "${context.getType()}" context holds an answer. ` +
        'Pass @RequireCaptcha({ extract: (context) => ({ key, value }) }).',
    });
  }

  /** Whether no captcha is needed here. Only exactly `true` skips; a throw does not. */
  protected shouldSkip(context: ExecutionContext, requirement: CaptchaRequirement): Awaitable<boolean> {
    const { skipIf } = requirement;
    return typeof skipIf === 'function' ? skipIf(context) : skipIf === true;
  }

  /** Turns a refusal into what this transport's clients understand: over HTTP, in their language. */
  protected toTransportError(exception: CaptchaException, context: ExecutionContext): Awaitable<unknown> {
    if (context.getType() !== 'http') return exception;
    const language = headerOf(requestOf(context), 'accept-language');
    const { retryAfterSeconds } = exception;
    if (retryAfterSeconds !== undefined) {
      const response: unknown = context.switchToHttp().getResponse();
      this.adapterHost.httpAdapter.setHeader(response, 'Retry-After', String(retryAfterSeconds));
    }
    return localizedException(exception, language, this.options);
  }

  private requirementOf(context: ExecutionContext): CaptchaRequirement | undefined {
    const requirement = mergeRequirements(
      this.reflector.get<CaptchaRequirement | undefined>(CAPTCHA_REQUIREMENT, context.getClass()),
      this.reflector.get<CaptchaRequirement | undefined>(CAPTCHA_REQUIREMENT, context.getHandler()),
    );
    // Without a decorator this is a global guard, and those protect HTTP routes.
    if (requirement === undefined) return context.getType() === 'http' ? REQUIRED : undefined;
    return requirement.required ? requirement : undefined;
  }

  private async letThrough(
    context: ExecutionContext,
    requirement: CaptchaRequirement,
  ): Promise<CaptchaOutcome> {
    const outcome = (await this.isSkipped(context, requirement))
      ? ({ status: 'skipped' } as const)
      : await this.verified(context, requirement);
    leaveOutcome(context, outcome);
    if (this.options.strip && context.getType() === 'http') stripAnswer(requestOf(context), this.options);
    return outcome;
  }

  private async verified(
    context: ExecutionContext,
    requirement: CaptchaRequirement,
  ): Promise<CaptchaOutcome> {
    const answer = presentAnswer(await this.ask('extract', () => this.findAnswer(context, requirement)));
    const { action, kinds } = requirement;
    const binding = await this.ask('binding', () => requirement.binding?.(context));
    if (binding !== undefined && typeof binding !== 'string') throw rejectionException('mismatch');
    const { kind, responseTimeSeconds } = await this.captcha.verifyOrThrow(answer, {
      action,
      binding,
      kinds,
    });
    return {
      status: 'verified',
      kind,
      ...(responseTimeSeconds === undefined ? {} : { responseTimeSeconds }),
    };
  }

  private async isSkipped(context: ExecutionContext, requirement: CaptchaRequirement): Promise<boolean> {
    try {
      const skipped: unknown = await this.shouldSkip(context, requirement);
      return skipped === true;
    } catch (thrown) {
      if (thrown instanceof HttpException) throw thrown;
      this.logger.warn(`skipIf threw, so the captcha is required: ${nameOf(thrown)}`);
      return false;
    }
  }

  /** An application's function met something it did not expect, most likely a hostile request: refuse, not 500. */
  private async ask<T>(name: string, work: () => Awaitable<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof HttpException) throw cause;
      throw new CaptchaMalformedException({ detail: `${name} threw: ${nameOf(cause)}`, cause });
    }
  }
}

/** Key and value, both there. Their types, sizes and characters are the service's matter. */
function presentAnswer(found: unknown): CaptchaAnswer {
  if (!isFound(found) || isAbsent(found.key) || isAbsent(found.value)) {
    throw new CaptchaMissingException({ detail: 'The request holds no captcha key or no value.' });
  }
  const { key, value } = found;
  if (typeof key !== 'string' || typeof value !== 'string') throw rejectionException('malformed');
  return { key, value };
}

function isFound(found: unknown): found is FoundAnswer {
  return typeof found === 'object' && found !== null && 'key' in found && 'value' in found;
}

function requestOf(context: ExecutionContext): AnsweringRequest {
  return context.switchToHttp().getRequest<AnsweringRequest>();
}

/** Its message could hold what the request held. */
function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : typeof thrown;
}
