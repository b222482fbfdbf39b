import { defineNaverCaptcha } from './define.js';

export type { CaptchaErrorDetail, CaptchaExpiredDetail, CaptchaReadyDetail } from './events.js';
export type { CaptchaKind } from './challenge-client.js';
export type { CaptchaMessages, CaptchaProblemCode } from './messages.js';
export { NaverCaptchaElement } from './naver-captcha.element.js';

defineNaverCaptcha();
