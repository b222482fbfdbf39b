import type { CaptchaMessages, CaptchaProblemCode } from './messages.js';
import type { View } from './view.js';

/** The field for the answer: what the visitor typed, what is wrong with it, and whether the form may be sent. */
export class AnswerField {
  /** What the sentence under the field is about. */
  problem: CaptchaProblemCode | 'sending' | undefined;
  /** From `setCustomValidity`. */
  custom = '';
  readonly #view: View;
  readonly #internals: ElementInternals;

  constructor(view: View, internals: ElementInternals) {
    this.#view = view;
    this.#internals = internals;
  }

  /** Writes the sentence under the field, and whether the form may be sent. `ready`: there is a challenge to answer. */
  judge(texts: CaptchaMessages, required: boolean, ready: boolean): void {
    const { input } = this.#view;
    const { value } = input;
    // A Korean keyboard types Hangul until the 한/영 key is pressed; the server would refuse it only later.
    const hangul = /\p{Script=Hangul}/u.test(value);
    const problem = hangul ? 'CAPTCHA_MALFORMED' : this.problem;
    const isAboutAnswer = /_(MISSING|MALFORMED|WRONG|EXPIRED|INVALID|USED)$/.test(problem ?? '');
    this.#view.tell(problem ? texts[problem] : '', isAboutAnswer);
    input.ariaRequired = String(required);
    let flags: ValidityStateFlags = {};
    let message = '';
    if (this.custom) {
      flags = { customError: true };
      message = this.custom;
    } else if (hangul) {
      flags = { patternMismatch: true };
      message = texts.CAPTCHA_MALFORMED;
    } else if (required && !(ready && value.trim())) {
      // An answer typed before the picture arrives has no key, so the server would refuse it.
      const reason = ready || !value ? 'CAPTCHA_MISSING' : 'loading';
      flags = { valueMissing: true };
      message = texts[ready ? reason : (problem ?? reason)];
    }
    this.#internals.setValidity(flags, message, input);
  }
}
