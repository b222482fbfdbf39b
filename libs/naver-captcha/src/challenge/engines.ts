import type { CaptchaEngine, CaptchaWork } from '../engines/captcha-engine.js';
import type { CaptchaEngineName } from '../types.js';

/** The engines that the application uses. */
export class Engines {
  readonly naver: CaptchaEngine | undefined;
  readonly standby: CaptchaEngine | undefined;
  readonly #answerPatterns: readonly RegExp[];

  /** @param work makes tolls too; absent with raw keys, which cannot contain them */
  constructor(
    used: readonly CaptchaEngine[],
    readonly work: CaptchaWork | undefined,
  ) {
    this.naver = used.find(({ name }) => name === 'naver');
    this.standby = used.find(({ name }) => name === 'standby');
    const all: readonly CaptchaEngine[] = work === undefined ? used : [...used, work];
    this.#answerPatterns = all.flatMap(({ answerPattern }) => Object.values(answerPattern));
  }

  /** The engine that made a challenge. Returns undefined if the application no longer uses it. */
  named(name: CaptchaEngineName): CaptchaEngine | undefined {
    return this[name];
  }

  /** Whether the value has the form of an answer of any kind to any engine. */
  accept(value: string): boolean {
    return this.#answerPatterns.some((pattern) => pattern.test(value));
  }
}
