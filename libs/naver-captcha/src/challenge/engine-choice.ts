import { Inject, Injectable } from '@nestjs/common';

import type { CaptchaEngine } from '../engines/captcha-engine.js';
import {
  type CaptchaException,
  CaptchaMisconfiguredException,
  CaptchaQuotaExceededException,
  CaptchaUnavailableException,
} from '../errors.js';
import { BeyondPaceException } from '../limits/pace.js';
import { spanClock } from '../span-clock.js';
import { CAPTCHA_CLOCK } from '../tokens.js';
import type { CaptchaClock, CaptchaEngineName, CaptchaMediaKind } from '../types.js';
import { ChallengeSupply, type SuppliedChallenge } from './challenge-supply.js';
import { EngineChanges } from './engine-changes.js';
import { Engines } from './engines.js';

/** A challenge and who made it. */
export interface ChosenChallenge extends SuppliedChallenge {
  readonly engine: CaptchaEngineName;
}

/** How long NAVER is not asked after it refused the credentials: nothing else would keep the next visitor from asking. */
const REFUSED_CREDENTIALS_MS = 60_000;

/**
 * Chooses who makes a challenge: NAVER, or the standby, within the same request, if NAVER cannot. What this process knows
 * beforehand goes straight to the standby, so only the request that finds out waits for NAVER.
 */
@Injectable()
export class EngineChoice {
  readonly #refusedCredentials = new Map<
    CaptchaMediaKind,
    { readonly error: CaptchaException; until: number }
  >();
  readonly #spanMs: () => number;

  constructor(
    @Inject(Engines) private readonly engines: Engines,
    @Inject(ChallengeSupply) private readonly supply: ChallengeSupply,
    @Inject(EngineChanges) private readonly changes: EngineChanges,
    @Inject(CAPTCHA_CLOCK) clock: CaptchaClock,
  ) {
    this.#spanMs = spanClock(clock);
  }

  /** The exception that {@link next} would throw, if this process knows it without I/O; otherwise undefined. */
  refusalOf(kind: CaptchaMediaKind): CaptchaException | undefined {
    return this.engines.standby === undefined ? this.supply.refusalOf(kind) : undefined;
  }

  /**
   * Whether the standby makes the pictures and sounds because of how fast NAVER's day is used, as far as this process
   * knows. It does not if NAVER is down: that is not the visitors' doing.
   */
  isShortOfQuota(kind: CaptchaMediaKind): boolean {
    if (this.engines.standby === undefined) return false;
    const refusal = this.supply.refusalOf(kind);
    return refusal instanceof BeyondPaceException || refusal instanceof CaptchaQuotaExceededException;
  }

  /** A challenge of this kind. */
  async next(kind: CaptchaMediaKind): Promise<ChosenChallenge> {
    const { naver, standby } = this.engines;
    if (standby === undefined) return this.#ofNaver(kind);
    if (naver === undefined) return madeBy(standby, kind);
    try {
      const known = this.#refusalOf(naver, kind);
      if (known !== undefined) throw known;
      const challenge = await this.#ofNaver(kind);
      this.changes.note(kind, 'naver');
      return challenge;
    } catch (thrown) {
      if (!standbyTakesOver(thrown)) throw thrown;
      if (thrown instanceof CaptchaMisconfiguredException) this.#pauseNaver(kind, thrown);
      this.changes.note(kind, 'standby', thrown.code);
      return madeBy(standby, kind);
    }
  }

  async #ofNaver(kind: CaptchaMediaKind): Promise<ChosenChallenge> {
    return { engine: 'naver', ...(await this.supply.next(kind)) };
  }

  /** A challenge whose picture NAVER would not send, or whose answer it would not compare, is of no use. */
  #refusalOf(naver: CaptchaEngine, kind: CaptchaMediaKind): CaptchaException | undefined {
    const paused = this.#refusedCredentials.get(kind);
    if (paused !== undefined && this.#spanMs() < paused.until) return paused.error;
    return this.supply.refusalOf(kind) ?? naver.refusalOf('fetch', kind) ?? naver.refusalOf('compare', kind);
  }

  #pauseNaver(kind: CaptchaMediaKind, error: CaptchaException): void {
    if (this.#refusedCredentials.get(kind)?.error === error) return;
    this.#refusedCredentials.set(kind, { error, until: this.#spanMs() + REFUSED_CREDENTIALS_MS });
  }
}

/**
 * Whether the standby makes the challenge that NAVER did not make. It does not if the store failed, because the limits
 * could not be counted, nor if the visitor asks too often.
 */
export function standbyTakesOver(thrown: unknown): thrown is CaptchaException {
  if (thrown instanceof CaptchaUnavailableException) return thrown.origin !== 'store';
  return (
    thrown instanceof CaptchaQuotaExceededException ||
    thrown instanceof CaptchaMisconfiguredException ||
    thrown instanceof BeyondPaceException
  );
}

async function madeBy(standby: CaptchaEngine, kind: CaptchaMediaKind): Promise<ChosenChallenge> {
  const { payload } = await standby.issue(kind);
  return { engine: standby.name, payload };
}
