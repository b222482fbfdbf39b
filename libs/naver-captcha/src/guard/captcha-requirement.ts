import type { OutgoingHttpHeaders } from 'node:http';

import type { ExecutionContext, PipeTransform, Type } from '@nestjs/common';

import type { ContextKind } from '../contexts/context-kind.js';
import type { CaptchaFailureKey } from '../limits/failures.js';
import type { Awaitable, CaptchaKind, OnCaptchaUnavailable } from '../types.js';

/** What `@RequireCaptcha()` takes. A field left out, or explicitly `undefined`, means its default. */
export interface RequireCaptchaOptions {
  /**
   * What a key must have been made for: `^[a-z0-9_-]{1,32}$`.
   * @default none: only keys made without an action are taken
   */
  readonly action?: string | undefined;
  /**
   * Whom a key must have been made for: what was given to `createChallenge` as `binding`. Throw where there is nobody,
   * such as no session: nothing is matched by a key made for nobody.
   * @default none: only keys made without a binding are taken
   */
  readonly binding?: ((context: ExecutionContext) => Awaitable<string | undefined>) | undefined;
  /**
   * The kinds that are taken.
   * @default both
   */
  readonly kinds?: readonly CaptchaKind[] | undefined;
  /**
   * Finds the answer where it is looked for in vain: `{ key, value }`, or nothing.
   * @default over HTTP the body's fields, then the headers; in GraphQL the arguments, then the fields of an input, then
   * the headers of the HTTP request; else the fields of the message
   */
  readonly extract?: ((context: ExecutionContext) => unknown) | undefined;
  /**
   * Lets a request through without a captcha where it is, or yields, exactly `true`. A throw refuses to skip.
   * @default false
   */
  readonly skipIf?: boolean | ((context: ExecutionContext) => Awaitable<boolean>) | undefined;
  /**
   * The class the body must be valid by before an attempt is spent, or `{ type, pipe }`: a form that would be refused
   * anyway should not cost a person their captcha. Checked on a copy by the application's global `ValidationPipe`, else
   * by a plain one; the handler's pipes run as ever. So validators run twice: let them look nothing up. The body of a
   * message is what it holds; that of a GraphQL field is its input where it has no other argument, else all arguments.
   * @default none
   */
  readonly validate?: Type | { readonly type: Type; readonly pipe: PipeTransform } | undefined;
  /**
   * Asks for the captcha only after so many failed tries. The decorator must run before the authentication guard.
   * @default none: the captcha is always asked for
   */
  readonly afterFailures?: CaptchaAfterFailures | undefined;
  /**
   * What to do while NAVER cannot be asked; asked only after every local check, and for NAVER's outages alone.
   * @default the module's
   */
  readonly onUnavailable?: OnCaptchaUnavailable | undefined;
}

/** When failed tries make a captcha necessary. */
export interface CaptchaAfterFailures {
  /**
   * So many failures are free.
   * @default 5
   */
  readonly limit?: number | undefined;
  /**
   * Milliseconds after which failures are forgotten, from the first of them.
   * @default 900000
   */
  readonly windowMs?: number | undefined;
  /**
   * Whose failures are counted, one or several: any of them at its limit demands a captcha, and so does a throw or a
   * key that is no text. Make keys with `accountKey()` and `addressKey()`, or other spellings get tries of their own.
   */
  readonly by: (context: ExecutionContext) => Awaitable<CaptchaFailureKey | readonly CaptchaFailureKey[]>;
  /**
   * Which response is a failure; so is one for which this throws. Give it if a wrong password is answered by a page or
   * a redirect: `(statusCode, { headers }) => headers.location === '/login'`.
   * @default every status but 2xx and 3xx
   */
  readonly isFailure?: ((statusCode: number, response: CaptchaTryResponse) => boolean) | undefined;
}

/** What `isFailure` sees of a response beside its status. */
export interface CaptchaTryResponse {
  /** By names in lower case. */
  readonly headers: Readonly<OutgoingHttpHeaders>;
}

/** What class and method decorators write under one metadata key. */
export interface CaptchaRequirement extends RequireCaptchaOptions {
  readonly required: boolean;
}

/** One request, message or field in front of a guard. */
export interface GuardedCall {
  readonly context: ExecutionContext;
  /** Undefined if the library does not know this kind of context. */
  readonly kind: ContextKind | undefined;
  readonly requirement: CaptchaRequirement;
}

/** The method's fields beat the class's, one by one; an explicit `undefined` there means the default again. */
export function mergeRequirements(
  ofClass: CaptchaRequirement | undefined,
  ofMethod: CaptchaRequirement | undefined,
): CaptchaRequirement | undefined {
  if (ofClass === undefined || ofMethod === undefined) return ofMethod ?? ofClass;
  return { ...ofClass, ...ofMethod };
}
