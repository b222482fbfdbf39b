import { Inject, Injectable } from '@nestjs/common';

import { CaptchaBadRequestException, CaptchaWorkRequiredException } from '../errors.js';
import { type CaptchaKeys, isAction, isBinding } from '../keys/captcha-keys.js';
import { Admission, type Admitted } from '../limits/admission.js';
import { OpenChallenges } from '../limits/open-challenges.js';
import { covers } from '../limits/pressure.js';
import { CAPTCHA_KEYS } from '../tokens.js';
import {
  type CaptchaAnswer,
  type CaptchaChallenge,
  type CaptchaMediaKind,
  type CaptchaPressure,
  MEDIA_KINDS,
} from '../types.js';
import { ChallengeIssuer } from './challenge-issuer.js';
import { EngineChoice } from './engine-choice.js';
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

interface AdmittedRequest extends CreateChallengeOptions {
  readonly kind: CaptchaMediaKind;
  readonly canPay: boolean;
}

/** Makes challenges: checks what is asked for, then limits and price, then issues. */
@Injectable()
export class ChallengeMaker {
  constructor(
    @Inject(EngineChoice) private readonly choice: EngineChoice,
    @Inject(TollMaker) private readonly tolls: TollMaker,
    @Inject(CAPTCHA_KEYS) private readonly keys: CaptchaKeys,
    @Inject(Admission) private readonly admission: Admission,
    @Inject(OpenChallenges) private readonly open: OpenChallenges,
    @Inject(ChallengeIssuer) private readonly issuer: ChallengeIssuer,
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
    const { gives, toll, pressure } = stepOf(level, { work: work && this.tolls.isUsed, isShort });
    if (canPay && !covers(paidLevel, toll)) throw await this.tolls.demand(toll, pressure, action);
    return this.issuer.issue(gives === 'work', {
      kind,
      action,
      binding,
      askerTag,
      pressure,
      price: paidLevel,
    });
  }
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
