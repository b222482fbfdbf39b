import { Inject, Injectable } from '@nestjs/common';
import type { Subject } from 'rxjs';

import { CaptchaBadRequestException, CaptchaWorkRequiredException } from '../errors.js';
import type { CaptchaEvent } from '../events.js';
import { type CaptchaKeys, isAction, isBinding, NO_ASKER } from '../keys/captcha-keys.js';
import { Admission, type Admitted } from '../limits/admission.js';
import { OpenChallenges } from '../limits/open-challenges.js';
import { covers } from '../limits/pressure.js';
import { CAPTCHA_CLOCK, CAPTCHA_EVENTS, CAPTCHA_KEYS, CAPTCHA_OPTIONS } from '../tokens.js';
import {
  type CaptchaAnswer,
  type CaptchaChallenge,
  type CaptchaClock,
  type CaptchaEngineName,
  type CaptchaKind,
  type CaptchaMediaKind,
  type CaptchaPressure,
  type CaptchaPuzzle,
  MEDIA_KINDS,
  type ResolvedCaptchaOptions,
} from '../types.js';
import { EngineChoice } from './engine-choice.js';
import { Engines } from './engines.js';
import { stepOf } from './ladder.js';
import { TollMaker } from './toll-maker.js';

/** What a challenge is for. */
export interface CreateChallengeOptions {
  /** @default 'image' */
  readonly kind?: CaptchaMediaKind | undefined;
  /** What the key is for, such as `signup`: `^[a-z0-9_-]{1,32}$`. A route passes only keys of its own action. */
  readonly action?: string | undefined;
  /**
   * Whom the key is for: a saved session's id or a cookie of the site's own. Not an IP address (mobile networks
   * change it) nor an unsaved session (it is new with each request).
   */
  readonly binding?: string | undefined;
  /**
   * Who asks: `addressKey(request.ip)`. `issueLimit`, tolls and wrong answers count by it: an IPv4 address, the /64 of an
   * IPv6 address, and the network around it. A text that is not an address stands for itself.
   * @default none: no limit
   */
  readonly by?: string | undefined;
  /**
   * Whether the page accepts work in place of the picture or sound, which it gets while its household is calm. Only for
   * routes whose `kinds` contain `work`.
   * @default false
   */
  readonly work?: boolean | undefined;
  /**
   * `true` if the page can pay a toll, which it is asked for if its household asks often; key and value of the toll if it
   * pays one. Otherwise no toll is asked for, and `issueLimit` alone holds.
   * @default false
   */
  readonly toll?: boolean | CaptchaAnswer | undefined;
  /**
   * The least pressure of this request, beyond what is counted of its household.
   * @default 'calm'
   */
  readonly pressure?: CaptchaPressure | undefined;
}

/** What a challenge is made from. */
interface Made {
  readonly engine: CaptchaEngineName;
  readonly kind: CaptchaKind;
  readonly payload: Buffer;
  readonly puzzle?: CaptchaPuzzle;
  readonly expiresAtMs: number;
}

/** A page starts the work when the visitor does something in the form, which is sent within minutes. */
const WORK_LIFETIME_MS = 300_000;

/** Makes challenges: checks what is asked for, then limits and price, then asks an engine, then seals. */
@Injectable()
export class ChallengeMaker {
  constructor(
    @Inject(EngineChoice) private readonly choice: EngineChoice,
    @Inject(Engines) private readonly engines: Engines,
    @Inject(TollMaker) private readonly tolls: TollMaker,
    @Inject(CAPTCHA_KEYS) private readonly keys: CaptchaKeys,
    @Inject(Admission) private readonly admission: Admission,
    @Inject(OpenChallenges) private readonly open: OpenChallenges,
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
    @Inject(CAPTCHA_CLOCK) private readonly clock: CaptchaClock,
    @Inject(CAPTCHA_EVENTS) private readonly events: Subject<CaptchaEvent>,
  ) {}

  async create(wanted: CreateChallengeOptions): Promise<CaptchaChallenge> {
    const { kind = 'image', action, binding, by, work = false, toll = false, pressure = 'calm' } = wanted;
    assertWellFormed(kind, action, binding);
    this.keys.assertCanContain({ action, binding });
    // Work needs no other engine.
    const refusal = work ? undefined : this.choice.refusalOf(kind);
    if (refusal !== undefined) throw refusal;
    await this.open.settle();
    const canPay = toll !== false && this.tolls.isUsed;
    const paid = typeof toll === 'object' && canPay ? await this.tolls.open(toll) : undefined;
    const admitted = await this.admission.ask({ by, canPay, toll: paid, pressure });
    try {
      return await this.#makeFor(admitted, { ...wanted, kind, canPay });
    } catch (thrown) {
      const keepsToll = thrown instanceof CaptchaWorkRequiredException;
      // The page is told why there is no challenge, and not that the store could not take back a count.
      await admitted.takeBack({ keepsToll }).catch(() => undefined);
      throw thrown;
    }
  }

  async #makeFor(
    { level, paidLevel, askerTag }: Admitted,
    { kind, canPay, action, binding, work = false }: AdmittedRequest,
  ): Promise<CaptchaChallenge> {
    const isShort = this.choice.isShortOfQuota(kind);
    const step = stepOf(level, { work: work && this.engines.work !== undefined, isShort });
    const { pressure } = step;
    if (canPay && !covers(paidLevel, step.toll)) throw await this.tolls.demand(step.toll, pressure, action);
    const made = step.gives === 'work' ? await this.#makeWork() : await this.#makeMedia(kind);
    const { engine, payload, puzzle } = made;
    const expiresAtMs = inWholeSeconds(made.expiresAtMs);
    const [key] = await Promise.all([
      this.keys.create({
        engine,
        kind: made.kind,
        payload,
        pressure,
        price: paidLevel,
        // Wrong answers to work say nothing of a visitor.
        askerTag: engine === 'work' ? NO_ASKER : askerTag,
        expiresAtMs,
        action,
        binding,
      }),
      // Only NAVER's challenges are charged with their comparison.
      engine === 'naver' ? this.open.add(kind, expiresAtMs) : undefined,
    ]);
    this.events.next({
      type: 'challenge.issued',
      kind: made.kind,
      engine,
      action,
      pressure,
      price: paidLevel,
    });
    const expiresInSeconds = Math.floor((expiresAtMs - this.clock.now()) / 1000);
    const expiresAt = new Date(expiresAtMs);
    return { key, kind: made.kind, expiresAt, expiresInSeconds, ...(puzzle === undefined ? {} : { puzzle }) };
  }

  async #makeMedia(kind: CaptchaMediaKind): Promise<Made> {
    const { engine, payload, expiresAtMs = Infinity } = await this.choice.next(kind);
    return { engine, kind, payload, expiresAtMs: Math.min(this.#endsAtMs(), expiresAtMs) };
  }

  async #makeWork(): Promise<Made> {
    const { work } = this.engines;
    if (work === undefined) throw new Error('Raw keys have no work.');
    const { payload, puzzle } = await work.issue();
    const endsAtMs = Math.min(this.#endsAtMs(), this.clock.now() + WORK_LIFETIME_MS);
    return { engine: 'work', kind: 'work', payload, puzzle, expiresAtMs: endsAtMs };
  }

  #endsAtMs(): number {
    return this.clock.now() + this.options.keyTtlMs;
  }
}

interface AdmittedRequest extends CreateChallengeOptions {
  readonly kind: CaptchaMediaKind;
  readonly canPay: boolean;
}

function assertWellFormed(kind: CaptchaMediaKind, action: unknown, binding: unknown): void {
  if (!MEDIA_KINDS.includes(kind)) {
    throw new CaptchaBadRequestException({ detail: `kind must be ${MEDIA_KINDS.join(' or ')}.` });
  }
  if (action !== undefined && !isAction(action)) {
    throw new CaptchaBadRequestException({
      detail: 'action must be 1 to 32 characters of a-z, 0-9, "_" and "-".',
    });
  }
  if (!isBinding(binding)) throw new CaptchaBadRequestException({ detail: 'binding must be a string.' });
}

/** A sealed key contains whole seconds. */
function inWholeSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}
