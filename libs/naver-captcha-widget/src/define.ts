import { NaverCaptchaElement } from './naver-captcha.element.js';

/** A page may load the script twice, and a server may import it where there is no page at all. */
export function defineNaverCaptcha(): void {
  if (typeof customElements === 'undefined' || customElements.get('naver-captcha')) return;
  customElements.define('naver-captcha', NaverCaptchaElement);
}
