import type { CaptchaProblemCode, Texts } from './messages.js';
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
  judge(texts: Texts, required: boolean, ready: boolean): void {
    const { input } = this.#view;
    const { value } = input;
    // A Korean keyboard types Hangul until the 한/영 key is pressed; the server would refuse it only later.
    const hangul = /\p{Script=Hangul}/u.test(value);
    const problem = hangul ? 'CAPTCHA_MALFORMED' : this.problem;
    const isAboutAnswer = /MISSING|MALFORMED|WRONG|EXPIRED|INVALID|USED/.test(problem ?? '');
    this.#view.tell(problem ? texts[problem] : '', isAboutAnswer);
    input.ariaRequired = String(required);
    // An answer typed before the picture arrives has no key, so the server would refuse it.
    const valueMissing = required && !(ready && value.trim());
    let message = this.custom;
    if (!message && hangul) message = texts.CAPTCHA_MALFORMED;
    if (!message && valueMissing) {
      // While the field is hidden, there may be nothing to type.
      const waiting = (value || !input.offsetWidth) && 'loading';
      message = texts[(!ready && (problem ?? waiting)) || 'CAPTCHA_MISSING'];
    }
    this.#internals.setValidity(
      { customError: !!this.custom, patternMismatch: hangul, valueMissing },
      message,
      input,
    );
  }
}
