// For Preact: `import type {} from 'naver-captcha-widget/preact'` once, in any file of the project.
import type { HTMLAttributes } from 'preact';

import type { NaverCaptchaElement } from '../dist/index.js';
import type { NaverCaptchaAttributes } from './attributes.js';

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'naver-captcha': HTMLAttributes<NaverCaptchaElement> & NaverCaptchaAttributes;
    }
  }
}
