import type { ExecutionContext } from '@nestjs/common';

import type { Awaitable, CaptchaKind } from '../types.js';

/** What `@RequireCaptcha()` takes. A field left out, or explicitly `undefined`, means its default. */
export interface RequireCaptchaOptions {
  /**
   * What a key must have been made for: `^[a-z0-9_-]{1,32}$`.
   * @default none: only keys made without an action are taken
   */
  readonly action?: string | undefined;
  /**
   * Whom a key must have been made for: what was given to `createChallenge` as `binding`.
   * @default none: only keys made without a binding are taken
   */
  readonly binding?: ((context: ExecutionContext) => Awaitable<string | undefined>) | undefined;
  /**
   * The kinds that are taken.
   * @default both
   */
  readonly kinds?: readonly CaptchaKind[] | undefined;
  /**
   * Finds the answer where neither body nor headers hold it: `{ key, value }`, or nothing.
   * @default the body's fields, then the headers, of an HTTP request
   */
  readonly extract?: ((context: ExecutionContext) => unknown) | undefined;
  /**
   * Lets a request through without a captcha where it is, or yields, exactly `true`. A throw refuses to skip.
   * @default false
   */
  readonly skipIf?: boolean | ((context: ExecutionContext) => Awaitable<boolean>) | undefined;
}

/** What class and method decorators write under one metadata key. */
export interface CaptchaRequirement extends RequireCaptchaOptions {
  readonly required: boolean;
}

/** The method's fields beat the class's, one by one; an explicit `undefined` there means the default again. */
export function mergeRequirements(
  ofClass: CaptchaRequirement | undefined,
  ofMethod: CaptchaRequirement | undefined,
): CaptchaRequirement | undefined {
  if (ofClass === undefined || ofMethod === undefined) return ofMethod ?? ofClass;
  return { ...ofClass, ...ofMethod };
}
