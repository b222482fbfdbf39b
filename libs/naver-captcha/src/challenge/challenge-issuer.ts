import { Inject, Injectable } from '@nestjs/common';
import type { Subject } from 'rxjs';

import { CaptchaUnavailableException } from '../errors.js';
import type { CaptchaEvent } from '../events.js';
import { type CaptchaKeys, NO_ASKER } from '../keys/captcha-keys.js';
import { OpenChallenges } from '../limits/open-challenges.js';
import { CAPTCHA_CLOCK, CAPTCHA_EVENTS, CAPTCHA_KEYS, CAPTCHA_OPTIONS } from '../tokens.js';
import type {
  CaptchaChallenge,
  CaptchaClock,
  CaptchaEngineName,
  CaptchaKind,
  CaptchaMediaKind,
  CaptchaPricing,
  CaptchaPuzzle,
  ResolvedCaptchaOptions,
} from '../types.js';
import { EngineChoice } from './engine-choice.js';
import { Engines } from './engines.js';

/** A challenge that a client may have. */
export interface IssuedFor extends CaptchaPricing {
  /** Given unless work takes its place. */
  readonly kind: CaptchaMediaKind;
  readonly action: string | undefined;
  readonly binding: string | undefined;
  readonly askerTag: Buffer;
}

/** What an engine made, not sealed yet. */
interface Made {
  readonly engine: CaptchaEngineName;
  readonly kind: CaptchaKind;
  readonly payload: Buffer;
  readonly puzzle?: CaptchaPuzzle;
  readonly expiresAtMs: number;
}

/** A page starts the work when the visitor does something in the form, which is sent within minutes. */
const WORK_LIFETIME_MS = 300_000;

/** Asks an engine for a challenge, and seals it. */
@Injectable()
export class ChallengeIssuer {
  constructor(
    @Inject(EngineChoice) private readonly choice: EngineChoice,
    @Inject(Engines) private readonly engines: Engines,
    @Inject(CAPTCHA_KEYS) private readonly keys: CaptchaKeys,
    @Inject(OpenChallenges) private readonly open: OpenChallenges,
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
    @Inject(CAPTCHA_CLOCK) private readonly clock: CaptchaClock,
    @Inject(CAPTCHA_EVENTS) private readonly events: Subject<CaptchaEvent>,
  ) {}

  async issue(asWork: boolean, wanted: IssuedFor): Promise<CaptchaChallenge> {
    const { kind: mediaKind, action, binding, pressure, price } = wanted;
    const work = asWork ? await this.#makeWork() : undefined;
    const { engine, kind, payload, puzzle, ...made } = work ?? (await this.#makeMedia(mediaKind));
    const expiresAtMs = inWholeSeconds(made.expiresAtMs);
    // Wrong answers to work say nothing of a visitor.
    const askerTag = engine === 'work' ? NO_ASKER : wanted.askerTag;
    const [key] = await Promise.all([
      this.keys.create({ engine, kind, payload, pressure, price, askerTag, expiresAtMs, action, binding }),
      // Only NAVER's challenges are charged with their comparison.
      engine === 'naver' ? this.open.add(mediaKind, expiresAtMs) : undefined,
    ]);
    this.events.next({ type: 'challenge.issued', kind, engine, action, pressure, price });
    const expiresInSeconds = Math.floor((expiresAtMs - this.clock.now()) / 1000);
    const expiresAt = new Date(expiresAtMs);
    return { key, kind, expiresAt, expiresInSeconds, ...(puzzle === undefined ? {} : { puzzle }) };
  }

  async #makeMedia(kind: CaptchaMediaKind): Promise<Made> {
    const { engine, payload, expiresAtMs = Infinity } = await this.choice.next(kind);
    return { engine, kind, payload, expiresAtMs: Math.min(this.#endsAtMs(), expiresAtMs) };
  }

  /** Returns undefined if this process cannot make a puzzle now: then a picture is as good. */
  async #makeWork(): Promise<Made | undefined> {
    const issued = await this.engines.work?.issue().catch(onlyIfUnavailable);
    if (issued === undefined) return undefined;
    const expiresAtMs = Math.min(this.#endsAtMs(), this.clock.now() + WORK_LIFETIME_MS);
    return { engine: 'work', kind: 'work', ...issued, expiresAtMs };
  }

  #endsAtMs(): number {
    return this.clock.now() + this.options.keyTtlMs;
  }
}

/** Throws everything but an outage again. */
function onlyIfUnavailable(thrown: unknown): undefined {
  if (!(thrown instanceof CaptchaUnavailableException)) throw thrown;
}

/** A sealed key contains whole seconds. */
function inWholeSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}
