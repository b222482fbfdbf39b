import { type ExecutionContext, Injectable } from '@nestjs/common';

import type { ContextKind } from '../contexts/context-kind.js';
import { CAPTCHA_OUTCOME } from '../tokens.js';
import type { CaptchaOutcome } from '../types.js';

/**
 * Remembers the outcome of each `ExecutionContext`. Nest hands the same one to global, class and method guards, so
 * that a captcha is verified once; never once per request, or GraphQL's aliases would share one captcha.
 */
@Injectable()
export class CaptchaOutcomes {
  readonly #pending = new WeakMap<ExecutionContext, Promise<CaptchaOutcome>>();

  /** The outcome for this context; `work` runs at the first call only. */
  once(context: ExecutionContext, work: () => Promise<CaptchaOutcome>): Promise<CaptchaOutcome> {
    let pending = this.#pending.get(context);
    if (pending === undefined) {
      pending = work();
      this.#pending.set(context, pending);
    }
    return pending;
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
