import type { CaptchaEngine } from '../engines/captcha-engine.js';
import type { WorkEngine } from '../engines/work/work.engine.js';
import { CAPTCHA_KINDS, type CaptchaEngineName } from '../types.js';

/** The engines that the application uses. */
export class Engines {
  /** @param work makes tolls too; absent with raw keys, which cannot contain them */
  constructor(
    private readonly used: readonly CaptchaEngine[],
    readonly work: WorkEngine | undefined,
  ) {}

  get naver(): CaptchaEngine | undefined {
    return this.named('naver');
  }

  get standby(): CaptchaEngine | undefined {
    return this.named('standby');
  }

  /** The engine that made a challenge. Returns undefined if the application no longer uses it. */
  named(name: CaptchaEngineName): CaptchaEngine | undefined {
    return name === 'work' ? this.work : this.used.find((engine) => engine.name === name);
  }

  /** Whether the value has the form of an answer of any kind to any engine. */
  accept(value: string): boolean {
    const engines: readonly CaptchaEngine[] = this.work === undefined ? this.used : [...this.used, this.work];
    return engines.some(({ answerPattern }) =>
      CAPTCHA_KINDS.some((kind) => answerPattern[kind]?.test(value) === true),
    );
  }
}
