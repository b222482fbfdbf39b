// For React: `import type {} from 'naver-captcha-widget/jsx'` once, in any file of the project.
import type { ClassAttributes, HTMLAttributes } from 'react';

import type { NaverCaptchaElement } from '../dist/index.js';
import type { NaverCaptchaAttributes } from './attributes.js';

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'naver-captcha': HTMLAttributes<NaverCaptchaElement> &
        ClassAttributes<NaverCaptchaElement> &
        NaverCaptchaAttributes;
    }
  }
}
