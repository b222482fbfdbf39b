import { Inject, Injectable } from '@nestjs/common';
import type { Subject } from 'rxjs';

import type { CaptchaEvent } from '../events.js';
import { QuietLogger } from '../quiet-logger.js';
import { spanClock } from '../span-clock.js';
import { CAPTCHA_CLOCK, CAPTCHA_EVENTS } from '../tokens.js';
import type { CaptchaClock, CaptchaMediaEngineName, CaptchaErrorCode, CaptchaMediaKind } from '../types.js';

/** At the limit of the pace both engines make challenges in turn; that is reported as one change, not as many. */
const SETTLED_MS = 60_000;

/** Reports when the standby takes over from NAVER, and when NAVER makes challenges again. */
@Injectable()
export class EngineChanges {
  /** The kinds that the standby serves in this process, and when it made the last challenge, as #spanMs counts. */
  readonly #onStandby = new Map<CaptchaMediaKind, number>();
  readonly #spanMs: () => number;

  constructor(
    @Inject(CAPTCHA_EVENTS) private readonly events: Subject<CaptchaEvent>,
    @Inject(QuietLogger) private readonly logger: QuietLogger,
    @Inject(CAPTCHA_CLOCK) clock: CaptchaClock,
  ) {
    this.#spanMs = spanClock(clock);
  }

  /**
   * Notes who made a challenge. NAVER is reported to be back a minute after the standby's last one.
   * @param reason why NAVER did not make it
   */
  note(kind: CaptchaMediaKind, engine: CaptchaMediaEngineName, reason?: CaptchaErrorCode): void {
    const lastAt = this.#onStandby.get(kind);
    const now = this.#spanMs();
    if (engine === 'standby') {
      this.#onStandby.set(kind, now);
      if (lastAt === undefined) this.#report(kind, engine, reason);
    } else if (lastAt !== undefined && now - lastAt >= SETTLED_MS) {
      this.#onStandby.delete(kind);
      this.#report(kind, engine, reason);
    }
  }

  #report(
    kind: CaptchaMediaKind,
    engine: CaptchaMediaEngineName,
    reason: CaptchaErrorCode | undefined,
  ): void {
    this.logger.warn(
      engine === 'standby'
        ? `CAPTCHA_STANDBY: NAVER cannot make ${kind} challenges (${reason ?? 'unknown'}), so visitors get those of the ` +
            'standby until it can. An earlier line says why, and what to do.'
        : `CAPTCHA_STANDBY: NAVER makes ${kind} challenges again. There is nothing to do.`,
    );
    this.events.next({ type: 'engine', engine, kind, reason });
  }
}
