import type { GraphqlField } from '../contexts/context-kind.js';
import type { CaptchaOutcome } from '../types.js';
import type { CaptchaRequirement } from './captcha-requirement.js';

/** A GraphQL field that was let through, and what its decorators required. */
interface FieldPass {
  readonly outcome: CaptchaOutcome;
  readonly requirement: CaptchaRequirement;
}

/**
 * Lets the fields of a result ride on the pass of the field they are part of. With `fieldResolverEnhancers: ['guards']`
 * the guard also runs for them, when the operation has been carried out and its captcha is spent.
 */
export class FieldPasses {
  readonly #passes = new WeakMap<object, WeakMap<object, Map<string, FieldPass>>>();

  /** Remembers that this very field was let through; not its aliases, nor what stands beside it. */
  record({ owner, execution, path }: GraphqlField, pass: FieldPass): void {
    const ofOwner = this.#passes.get(owner) ?? new WeakMap<object, Map<string, FieldPass>>();
    const ofExecution = ofOwner.get(execution) ?? new Map<string, FieldPass>();
    this.#passes.set(owner, ofOwner.set(execution, ofExecution.set(path.join('.'), pass)));
  }

  /**
   * The outcome of a field that this one is part of; undefined if there is none, or if the own decorator of this field
   * requires more than that one did.
   */
  outcomeAbove(
    { owner, execution, path }: GraphqlField,
    own: CaptchaRequirement | undefined,
  ): CaptchaOutcome | undefined {
    const passes = this.#passes.get(owner)?.get(execution);
    if (passes === undefined) return undefined;
    for (let length = path.length - 1; length > 0; length -= 1) {
      const pass = passes.get(path.slice(0, length).join('.'));
      if (pass !== undefined && isCovered(own, pass)) return pass.outcome;
    }
    return undefined;
  }
}

function isCovered(own: CaptchaRequirement | undefined, { outcome, requirement }: FieldPass): boolean {
  if (own === undefined) return true;
  const { action = requirement.action, binding = requirement.binding, kinds } = own;
  if (action !== requirement.action || binding !== requirement.binding) return false;
  return kinds === undefined || outcome.status !== 'verified' || kinds.includes(outcome.kind);
}
