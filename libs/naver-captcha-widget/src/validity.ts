import type { CaptchaMessages } from './messages.js';

/** What decides whether the form may be sent. */
export interface AnswerState {
  readonly value: string;
  readonly required: boolean;
  /** There is a challenge to answer. */
  readonly ready: boolean;
  /** Why there is none, where it is known. */
  readonly problem: keyof CaptchaMessages | undefined;
  /** From `setCustomValidity`. */
  readonly custom: string;
}

export interface AnswerValidity {
  readonly flags: ValidityStateFlags;
  readonly message: string;
}

/** Hangul is what comes out of a Korean keyboard left on: no answer has it, and the server would say so later. */
export function hasHangul(value: string): boolean {
  return /\p{Script=Hangul}/u.test(value);
}

export function judgeAnswer(
  { value, required, ready, problem, custom }: AnswerState,
  texts: CaptchaMessages,
): AnswerValidity {
  if (custom) return { flags: { customError: true }, message: custom };
  if (hasHangul(value)) return { flags: { patternMismatch: true }, message: texts.CAPTCHA_MALFORMED };
  // Typed ahead of the picture, an answer has no key: the server could only refuse it.
  if (required && !(ready && value.trim())) {
    const why = ready || !value ? 'CAPTCHA_MISSING' : 'loading';
    return { flags: { valueMissing: true }, message: texts[ready ? why : (problem ?? why)] };
  }
  return { flags: {}, message: '' };
}
