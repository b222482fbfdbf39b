import { InertCaptchaElement, isSupported } from './inert-captcha.element.js';
import { NaverCaptchaElement } from './naver-captcha.element.js';

export type { CaptchaErrorDetail, CaptchaExpiredDetail, CaptchaReadyDetail } from './events.js';
export type { CaptchaHeaders, CaptchaKind } from './challenge.js';
export type { CaptchaMessages, CaptchaProblemCode } from './messages.js';
export { NaverCaptchaElement };

// A server that renders the page has no `customElements`, and a page may load this script twice.
if (typeof customElements !== 'undefined' && !customElements.get('naver-captcha')) {
  customElements.define('naver-captcha', isSupported() ? NaverCaptchaElement : InertCaptchaElement);
}
