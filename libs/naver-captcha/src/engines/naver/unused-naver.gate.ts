import { CaptchaMisconfiguredException } from '../../errors.js';
import type { CallGate } from './call-gate.js';

/** Refuses every call of an application that runs without NAVER, such as those of its own `NaverCaptchaClient`. */
export class UnusedNaverGate implements CallGate {
  refusalOf(): CaptchaMisconfiguredException {
    return new CaptchaMisconfiguredException({
      detail:
        "With engines: ['standby'] NAVER is not called. Leave engines out, and give the credentials of NAVER.",
    });
  }

  before(): void {
    throw this.refusalOf();
  }
}
