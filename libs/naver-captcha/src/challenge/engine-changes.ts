import { Inject, Injectable } from '@nestjs/common';
import type { Subject } from 'rxjs';

import type { CaptchaEvent } from '../events.js';
import { QuietLogger } from '../quiet-logger.js';
import { CAPTCHA_EVENTS } from '../tokens.js';
import type { CaptchaEngineName, CaptchaErrorCode, CaptchaKind } from '../types.js';

/** Reports when the standby takes over from NAVER, and when NAVER makes challenges again. */
@Injectable()
export class EngineChanges {
  /** The kinds that the standby serves in this process. */
  readonly #onStandby = new Set<CaptchaKind>();

  constructor(
    @Inject(CAPTCHA_EVENTS) private readonly events: Subject<CaptchaEvent>,
    @Inject(QuietLogger) private readonly logger: QuietLogger,
  ) {}

  /** Notes who made a challenge. @param reason why NAVER did not */
  note(kind: CaptchaKind, engine: CaptchaEngineName, reason?: CaptchaErrorCode): void {
    if (this.#onStandby.has(kind) === (engine === 'standby')) return;
    if (engine === 'standby') this.#onStandby.add(kind);
    else this.#onStandby.delete(kind);
    this.logger.warn(
      engine === 'standby'
        ? `CAPTCHA_STANDBY: NAVER cannot make ${kind} challenges (${reason ?? 'unknown'}), so visitors get those of the ` +
            'standby until it can. An earlier line says why, and what to do.'
        : `CAPTCHA_STANDBY: NAVER makes ${kind} challenges again. There is nothing to do.`,
    );
    this.events.next({ type: 'engine', engine, kind, reason });
  }
}
