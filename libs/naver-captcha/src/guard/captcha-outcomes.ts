import { type ExecutionContext, Injectable } from '@nestjs/common';

import type { ContextKind } from '../contexts/context-kind.js';
import { CAPTCHA_OUTCOME } from '../tokens.js';
import type { CaptchaOutcome } from '../types.js';
import { FieldPasses } from './field-passes.js';

interface GuardedOnce {
  /** The class of the guard that came to the outcome. */
  readonly guard: unknown;
  readonly outcome: Promise<CaptchaOutcome>;
}

/**
 * Remembers the outcome of each `ExecutionContext`. Nest hands the same one to global, class and method guards, so
 * that a captcha is verified once; never once per request, or GraphQL's aliases would share one captcha.
 */
@Injectable()
export class CaptchaOutcomes {
  /** What the fields of a GraphQL result ride on. */
  readonly fields = new FieldPasses();
  readonly #known = new WeakMap<ExecutionContext, GuardedOnce>();

  /**
   * The outcome for this context. `work` runs at the first call, and again if a guard of another class skipped the
   * captcha: a lenient subclass must not open what a strict guard protects.
   */
  async once(
    context: ExecutionContext,
    guard: unknown,
    work: () => Promise<CaptchaOutcome>,
  ): Promise<CaptchaOutcome> {
    const known = this.#known.get(context);
    if (known !== undefined) {
      const outcome = await known.outcome;
      if (known.guard === guard || outcome.status !== 'skipped') return outcome;
    }
    const outcome = work();
    this.#known.set(context, { guard, outcome });
    return outcome;
  }
}

/** Stores the outcome where `@CaptchaResult()` finds it: parameter decorators have no access to providers. */
export function attachOutcome(context: ExecutionContext, kind: ContextKind, outcome: CaptchaOutcome): void {
  const carrier = kind.carrier(context);
  if (carrier === undefined) return;
  // Not enumerable, so that logs and copies of a request do not contain it.
  Reflect.defineProperty(carrier, CAPTCHA_OUTCOME, { value: outcome, configurable: true });
}

/** The outcome that {@link attachOutcome} stored; undefined if there is none. */
export function attachedOutcome(
  context: ExecutionContext,
  kind: ContextKind | undefined,
): CaptchaOutcome | undefined {
  const carrier: Carrier | undefined = kind?.carrier(context);
  return carrier?.[CAPTCHA_OUTCOME];
}

interface Carrier {
  readonly [CAPTCHA_OUTCOME]?: CaptchaOutcome;
}
