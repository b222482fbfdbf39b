import { type ExecutionContext, Injectable } from '@nestjs/common';

import { CAPTCHA_OUTCOME } from '../tokens.js';
import type { CaptchaOutcome } from '../types.js';
import { transportOf } from '../contexts/context-kind-of.js';

/**
 * Remembers what came of each `ExecutionContext`. Nest hands the same one to global, class and method guards, so
 * that a captcha is verified once; never once per request, or GraphQL's aliases would ride along.
 */
@Injectable()
export class CaptchaOutcomes {
  readonly #pending = new WeakMap<ExecutionContext, Promise<CaptchaOutcome>>();

  /** The outcome for this context, worked out at the first call. */
  once(context: ExecutionContext, work: () => Promise<CaptchaOutcome>): Promise<CaptchaOutcome> {
    let pending = this.#pending.get(context);
    if (pending === undefined) {
      pending = work();
      this.#pending.set(context, pending);
    }
    return pending;
  }
}

/** Leaves the outcome where `@CaptchaResult()` finds it: decorators of parameters have no other way to a provider. */
export function leaveOutcome(context: ExecutionContext, outcome: CaptchaOutcome): void {
  const left = carrier(context);
  // Not enumerable: no log of a request and no copy of it carries it on.
  if (left !== undefined)
    Reflect.defineProperty(left, CAPTCHA_OUTCOME, { value: outcome, configurable: true });
}

/** What {@link leaveOutcome} left. */
export function foundOutcome(context: ExecutionContext): CaptchaOutcome | undefined {
  return carrier(context)?.[CAPTCHA_OUTCOME];
}

interface Carrier {
  readonly [CAPTCHA_OUTCOME]?: CaptchaOutcome;
}

function carrier(context: ExecutionContext): Carrier | undefined {
  return transportOf(context)?.carrier(context);
}
