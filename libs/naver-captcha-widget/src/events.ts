import type { CaptchaKind } from './challenge-client.js';
import type { CaptchaProblemCode } from './messages.js';

/** A challenge is shown and can be answered. */
export interface CaptchaReadyDetail {
  readonly key: string;
  readonly kind: CaptchaKind;
}

/** There is no challenge, or its picture or sound could not be loaded. */
export interface CaptchaErrorDetail {
  readonly code: CaptchaProblemCode;
  /** What the person reads. */
  readonly message: string;
  /** Seconds after which the server says that trying again makes sense. */
  readonly retryAfterSeconds: number | undefined;
}

/** The challenge shown so far is past its time. */
export interface CaptchaExpiredDetail {
  readonly key: string;
}

declare global {
  /** The events bubble and are composed: a form, the document and the window hear them too. */
  interface GlobalEventHandlersEventMap {
    'captcha-ready': CustomEvent<CaptchaReadyDetail>;
    'captcha-error': CustomEvent<CaptchaErrorDetail>;
    'captcha-expired': CustomEvent<CaptchaExpiredDetail>;
  }
}
