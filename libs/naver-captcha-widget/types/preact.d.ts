// For Preact: `import type {} from 'naver-captcha-widget/preact'` once, in any file of the project.
import type { HTMLAttributes } from 'preact';

import type { CaptchaHeaders, CaptchaMessages, NaverCaptchaElement } from '../dist/index.js';

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'naver-captcha': HTMLAttributes<NaverCaptchaElement> & {
        src?: string | undefined;
        action?: string | undefined;
        kinds?: 'image audio' | 'audio image' | 'image' | 'audio' | undefined;
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
      };
    }
  }
}
