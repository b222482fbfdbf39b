import type { CaptchaEngine } from '../engines/captcha-engine.js';
import { CAPTCHA_KINDS, type CaptchaEngineName } from '../types.js';

/** The engines that the application uses. */
export class Engines {
  constructor(private readonly used: readonly CaptchaEngine[]) {}

  get naver(): CaptchaEngine | undefined {
    return this.named('naver');
  }

  get standby(): CaptchaEngine | undefined {
    return this.named('standby');
  }

  /** The engine that made a challenge. Returns undefined if the application no longer uses it. */
  named(name: CaptchaEngineName): CaptchaEngine | undefined {
    return this.used.find((engine) => engine.name === name);
  }

  /** Whether the value has the form of an answer of any kind to any engine. */
  accept(value: string): boolean {
    return this.used.some(({ answerPattern }) =>
      CAPTCHA_KINDS.some((kind) => answerPattern[kind].test(value)),
    );
  }
}
