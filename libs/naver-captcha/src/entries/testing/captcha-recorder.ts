import type {
  CaptchaAnswerNames,
  CaptchaClock,
  CaptchaExpectation,
  ResolvedCaptchaOptions,
} from '../../types.js';
import type { CaptchaTestChallenge, CaptchaTesting, CaptchaTestVerification } from './captcha-testing.js';
import { type CaptchaTestFailure, FIXED_KEY, FIXED_VALUE, isTestFailure } from './fixed-answer.js';
import { ForgetfulStore } from './forgetful-store.js';

/** What the test reads, and the methods by which the replaced providers report to it. */
export class CaptchaRecorder implements CaptchaTesting {
  readonly key = FIXED_KEY;
  readonly value = FIXED_VALUE;

  readonly #verifications: CaptchaTestVerification[] = [];
  readonly #challenges: CaptchaTestChallenge[] = [];
  readonly #failures: CaptchaTestFailure[] = [];
  readonly #stores: ForgetfulStore[] = [];
  #options: ResolvedCaptchaOptions | undefined;

  get answer(): Readonly<Record<string, string>> {
    return this.#under(this.#resolved().bodyFields);
  }

  get headers(): Readonly<Record<string, string>> {
    return this.#under(this.#resolved().headerNames);
  }

  get verifications(): readonly CaptchaTestVerification[] {
    return [...this.#verifications];
  }

  get challenges(): readonly CaptchaTestChallenge[] {
    return [...this.#challenges];
  }

  failNext(code: CaptchaTestFailure): void {
    // A test in JavaScript may pass any value.
    const given: unknown = code;
    if (!isTestFailure(given)) throw new RangeError(`failNext: ${remedyFor(given)}`);
    this.#failures.push(given);
  }

  reset(): void {
    for (const list of [this.#verifications, this.#challenges, this.#failures]) list.length = 0;
    for (const store of this.#stores) store.forget();
  }

  /** Records a verification. @returns the code it is to end with, if `failNext()` has set one */
  verifying(answer: unknown, { action, binding, kinds }: CaptchaExpectation): CaptchaTestFailure | undefined {
    this.#verifications.push({ answer, action, binding, kinds });
    return this.#failures.shift();
  }

  made({ kind, action, binding }: CaptchaTestChallenge): void {
    this.#challenges.push({ kind, action, binding });
  }

  newStore(clock: CaptchaClock, options: ResolvedCaptchaOptions): ForgetfulStore {
    const store = new ForgetfulStore(clock, options);
    this.#stores.push(store);
    return store;
  }

  /** Keeps the options of the first module, whose names `answer` and `headers` use, and returns these. */
  settle(options: ResolvedCaptchaOptions): ResolvedCaptchaOptions {
    this.#options ??= options;
    return options;
  }

  #resolved(): ResolvedCaptchaOptions {
    if (this.#options !== undefined) return this.#options;
    throw new Error(
      'overrideCaptcha: no NaverCaptchaModule was created after the call. Call overrideCaptcha() before ' +
        'builder.compile(), and read answer and headers after it.',
    );
  }

  #under(names: CaptchaAnswerNames | false): Readonly<Record<string, string>> {
    return names === false ? {} : { [names.key]: this.key, [names.value]: this.value };
  }
}

function remedyFor(code: unknown): string {
  switch (code) {
    case 'CAPTCHA_MISSING':
      return 'a verification cannot end with CAPTCHA_MISSING. Send a request without an answer instead.';
    case 'CAPTCHA_TOO_MANY':
      return 'a verification cannot end with CAPTCHA_TOO_MANY. Request more challenges than issueLimit allows instead.';
    default:
      return 'code must be one of the codes that a verification can end with, such as CAPTCHA_WRONG.';
  }
}
