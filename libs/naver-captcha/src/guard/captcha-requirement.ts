import type { OutgoingHttpHeaders } from 'node:http';

import type { ExecutionContext, PipeTransform, Type } from '@nestjs/common';

import type { ContextKind } from '../contexts/context-kind.js';
import type { CaptchaFailureKey } from '../limits/failures.js';
import type { Awaitable, CaptchaKind, OnCaptchaUnavailable } from '../types.js';

/** The options of `@RequireCaptcha()`. A field that is left out, or `undefined`, has its default. */
export interface RequireCaptchaOptions {
  /**
   * The action that a key must have been made for: `^[a-z0-9_-]{1,32}$`.
   * @default none: only keys made without an action are accepted
   */
  readonly action?: string | undefined;
  /**
   * Returns the `binding` that was passed to `createChallenge` for this client. Throw if the client has none, such as
   * no session: after `undefined`, a key made without a binding would match.
   * @default none: only keys made without a binding are accepted
   */
  readonly binding?: ((context: ExecutionContext) => Awaitable<string | undefined>) | undefined;
  /**
   * The kinds that are accepted. With `work` among them, a visitor whose household asks seldom gets no picture: the browser
   * does the work while the form is filled in. The others get a picture or a sound, so one of these must be there too.
   * @default ['image', 'audio']
   */
  readonly kinds?: readonly CaptchaKind[] | undefined;
  /**
   * Finds the answer of a request that has it in another place: `{ key, value }`, or undefined if there is none.
   * @default over HTTP the body's fields, then the headers; in GraphQL the arguments, then the fields of an input, then
   * the headers of the HTTP request; otherwise the fields of the message
   */
  readonly extract?: ((context: ExecutionContext) => unknown) | undefined;
  /**
   * Lets a request through without a captcha if it is, or returns, exactly `true`. If it throws, it does not.
   * @default false
   */
  readonly skipIf?: boolean | ((context: ExecutionContext) => Awaitable<boolean>) | undefined;
  /**
   * The class, or `{ type, pipe }`, by which the body is validated before an attempt is spent, so that a form that is
   * refused anyway does not cost the visitor's captcha. The application's global `ValidationPipe`, or else a new one,
   * validates a copy; the handler's pipes run as usual. Validators therefore run twice, so they should not query a
   * database. The body of a message is its data; the body of a GraphQL field is its `input` if it has no other
   * argument, otherwise all arguments.
   * @default none
   */
  readonly validate?: Type | { readonly type: Type; readonly pipe: PipeTransform } | undefined;
  /**
   * Requires the captcha only after several failed tries. The decorator must run before the authentication guard.
   * @default none: the captcha is always required
   */
  readonly afterFailures?: CaptchaAfterFailures | undefined;
  /**
   * What to do with a request while NAVER is unavailable. It applies after every local check, and only to outages of
   * NAVER, not to a used-up quota or a failed store.
   * @default the module's
   */
  readonly onUnavailable?: OnCaptchaUnavailable | undefined;
}

/** After which failed tries a captcha is required. */
export interface CaptchaAfterFailures {
  /**
   * The number of failures without a captcha.
   * @default 5
   */
  readonly limit?: number | undefined;
  /**
   * Milliseconds after the first failure until the count is reset.
   * @default 900000
   */
  readonly windowMs?: number | undefined;
  /**
   * Returns one or several keys whose failures are counted, such as the account and the address. A captcha is required
   * if any of them has reached the limit, if this throws, or if a key is not a string. Make keys with `accountKey()` and
   * `addressKey()`, because every other spelling of a name has a count of its own.
   */
  readonly by: (context: ExecutionContext) => Awaitable<CaptchaFailureKey | readonly CaptchaFailureKey[]>;
  /**
   * Returns true if the response is a failure. If it throws, the try counts as failed. Pass it if your application
   * answers a wrong password by a page or a redirect: `(statusCode, { headers }) => headers.location === '/login'`.
   * @default every status but 2xx and 3xx
   */
  readonly isFailure?: ((statusCode: number, response: CaptchaTryResponse) => boolean) | undefined;
  /**
   * Gives a device that has logged in to the account before a failure count of its own in place of the account's, until
   * that count reaches `limit`: an attacker's wrong passwords then demand no captcha of the account's owner. A success
   * sets a signed cookie, which browsers keep for 180 days and over https only. The account is the keys of `by` with
   * `clearOnSuccess: true`; the other keys count as usual. HTTP only, and only for routes whose success proves that the
   * visitor owns the account: a log-in, not a request for a new password.
   * @default false
   */
  readonly knownDevice?: boolean | undefined;
}

/** What `isFailure` sees of a response beside its status. */
export interface CaptchaTryResponse {
  /** By names in lower case. */
  readonly headers: Readonly<OutgoingHttpHeaders>;
}

/** The metadata that the decorators of a class and of a method store. */
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

/** Each field of the method overrides that of the class; an explicit `undefined` restores the default. */
export function mergeRequirements(
  ofClass: CaptchaRequirement | undefined,
  ofMethod: CaptchaRequirement | undefined,
): CaptchaRequirement | undefined {
  if (ofClass === undefined || ofMethod === undefined) return ofMethod ?? ofClass;
  return { ...ofClass, ...ofMethod };
}
