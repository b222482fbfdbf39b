import type { CaptchaHeaders, CaptchaMessages } from '../dist/index.js';

/** The attributes and properties of `<naver-captcha>` beside those that every element has. */
export interface NaverCaptchaAttributes {
  src?: string | undefined;
  action?: string | undefined;
  kinds?: `${'work ' | ''}${'image audio' | 'audio image' | 'image' | 'audio'}` | undefined;
  credentials?: 'include' | 'same-origin' | 'omit' | undefined;
  loading?: 'eager' | 'lazy' | undefined;
  required?: boolean | undefined;
  disabled?: boolean | undefined;
  form?: string | undefined;
  headers?: CaptchaHeaders | undefined;
  messages?: Partial<CaptchaMessages> | undefined;
  'oncaptcha-ready'?: ((event: GlobalEventHandlersEventMap['captcha-ready']) => void) | undefined;
  'oncaptcha-error'?: ((event: GlobalEventHandlersEventMap['captcha-error']) => void) | undefined;
  'oncaptcha-expired'?: ((event: GlobalEventHandlersEventMap['captcha-expired']) => void) | undefined;
}
