import type { CaptchaKind } from './challenge.js';
import type { CaptchaProblemCode } from './messages.js';

/** A challenge is shown and can be answered. */
export interface CaptchaReadyDetail {
  readonly key: string;
  readonly kind: CaptchaKind;
}

/** There is no challenge, or its picture or sound could not be loaded. */
export interface CaptchaErrorDetail {
  readonly code: CaptchaProblemCode;
  /** The sentence that the visitor reads. */
  readonly message: string;
  /** The server's `Retry-After`: the number of seconds after which the visitor can try again. */
  readonly retryAfterSeconds: number | undefined;
}

/** The challenge that was shown has expired. */
export interface CaptchaExpiredDetail {
  readonly key: string;
}

declare global {
  /** The events bubble and are composed, so a form, the document and the window receive them too. */
  interface GlobalEventHandlersEventMap {
    'captcha-ready': CustomEvent<CaptchaReadyDetail>;
    'captcha-error': CustomEvent<CaptchaErrorDetail>;
    'captcha-expired': CustomEvent<CaptchaExpiredDetail>;
  }
}
