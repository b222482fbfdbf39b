import { elementBase } from './elements.js';
import type { NaverCaptchaElement } from './naver-captcha.element.js';

/** What the code of a page reads and calls. */
type PageInterface = Pick<
  NaverCaptchaElement,
  | 'key'
  | 'value'
  | 'kind'
  | 'checkValidity'
  | 'reportValidity'
  | 'setCustomValidity'
  | 'refresh'
  | 'reportRejection'
>;

/** Returns false in jsdom and happy-dom, and in browsers that are too old: they have no form-associated elements. */
export function isSupported(): boolean {
  return typeof ElementInternals !== 'undefined' && 'setFormValue' in ElementInternals.prototype;
}

/** Stands in the place of the element where it cannot work, so that unit tests of a page run: requests and shows nothing. */
export class InertCaptchaElement extends elementBase() implements PageInterface {
  readonly key = '';
  value = '';
  readonly kind = 'image';

  checkValidity(): boolean {
    return true;
  }

  reportValidity(): boolean {
    return true;
  }

  setCustomValidity(): void {
    // There is no validity.
  }

  refresh(): void {
    // There is no challenge.
  }

  reportRejection(): void {
    // There is no sentence to show.
  }
}
