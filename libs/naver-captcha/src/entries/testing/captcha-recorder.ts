import type {
  CaptchaAnswerNames,
  CaptchaClock,
  CaptchaExpectation,
  ResolvedCaptchaOptions,
} from '../../types.js';
import type { CaptchaTestChallenge, CaptchaTesting, CaptchaTestVerification } from './captcha-testing.js';
import { type CaptchaTestFailure, FIXED_KEY, FIXED_VALUE, isTestFailure } from './fixed-answer.js';
import { ForgetfulStore } from './forgetful-store.js';

/** What the test sees, and the other side of it, which the stand-ins tell. */
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
    // Tests need not be TypeScript.
    const given: unknown = code;
    if (!isTestFailure(given)) throw new RangeError(`failNext: ${remedyFor(given)}`);
    this.#failures.push(given);
  }

  reset(): void {
    for (const list of [this.#verifications, this.#challenges, this.#failures]) list.length = 0;
    for (const store of this.#stores) store.forget();
  }

  /** @returns the code the verification is to end with, if it is to fail */
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

  /** The names of an application with several modules are those of the first. */
  settle(options: ResolvedCaptchaOptions): ResolvedCaptchaOptions {
    this.#options ??= options;
    return options;
  }

  #resolved(): ResolvedCaptchaOptions {
    if (this.#options !== undefined) return this.#options;
    throw new Error(
      'overrideCaptcha: no NaverCaptchaModule has been built with it. Call it before builder.compile(), which ' +
        'overrides nothing later, and read answer and headers afterwards.',
    );
  }

  #under(names: CaptchaAnswerNames | false): Readonly<Record<string, string>> {
    return names === false ? {} : { [names.key]: this.key, [names.value]: this.value };
  }
}

function remedyFor(code: unknown): string {
  switch (code) {
    case 'CAPTCHA_MISSING':
      return 'no verification ends with CAPTCHA_MISSING; send a request without an answer.';
    case 'CAPTCHA_TOO_MANY':
      return 'no verification ends with CAPTCHA_TOO_MANY; ask for more challenges than issueLimit allows.';
    default:
      return 'there is no such code.';
  }
}
