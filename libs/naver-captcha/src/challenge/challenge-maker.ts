import { Inject, Injectable } from '@nestjs/common';
import type { Subject } from 'rxjs';

import { CaptchaBadRequestException } from '../errors.js';
import type { CaptchaEvent } from '../events.js';
import { type CaptchaKeys, isAction, isBinding, NO_ASKER } from '../keys/captcha-keys.js';
import { IssueLimit } from '../limits/issue-limit.js';
import { OpenChallenges } from '../limits/open-challenges.js';
import { CAPTCHA_CLOCK, CAPTCHA_EVENTS, CAPTCHA_KEYS, CAPTCHA_OPTIONS } from '../tokens.js';
import {
  CAPTCHA_KINDS,
  type CaptchaChallenge,
  type CaptchaClock,
  type CaptchaKind,
  type ResolvedCaptchaOptions,
} from '../types.js';
import { EngineChoice } from './engine-choice.js';

/** What a challenge is for. */
export interface CreateChallengeOptions {
  /** @default 'image' */
  readonly kind?: CaptchaKind | undefined;
  /** What the key is for, such as `signup`: `^[a-z0-9_-]{1,32}$`. A route passes only keys of its own action. */
  readonly action?: string | undefined;
  /**
   * Whom the key is for: a saved session's id or a cookie of the site's own. Not an IP address (mobile networks
   * change it) nor an unsaved session (it is new with each request).
   */
  readonly binding?: string | undefined;
  /**
   * Who asks: `addressKey(request.ip)`. `issueLimit` and wrong answers count by it: an IPv4 address, the /64 of an IPv6
   * address, and the network around it. A text that is not an address stands for itself.
   * @default none: no limit
   */
  readonly by?: string | undefined;
}

/** Makes challenges: checks what is asked for, then limits, then asks an engine, then seals. */
@Injectable()
export class ChallengeMaker {
  constructor(
    @Inject(EngineChoice) private readonly engines: EngineChoice,
    @Inject(CAPTCHA_KEYS) private readonly keys: CaptchaKeys,
    @Inject(IssueLimit) private readonly limit: IssueLimit,
    @Inject(OpenChallenges) private readonly open: OpenChallenges,
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
    @Inject(CAPTCHA_CLOCK) private readonly clock: CaptchaClock,
    @Inject(CAPTCHA_EVENTS) private readonly events: Subject<CaptchaEvent>,
  ) {}

  async create({ kind = 'image', action, binding, by }: CreateChallengeOptions): Promise<CaptchaChallenge> {
    assertWellFormed(kind, action, binding);
    this.keys.assertCanContain({ action, binding });
    const refusal = this.engines.refusalOf(kind);
    if (refusal !== undefined) throw refusal;
    await this.open.settle();
    const askerTag = by === undefined ? NO_ASKER : await this.limit.take(by);
    const { engine, payload, expiresAtMs: engineEndMs = Infinity } = await this.engines.next(kind);
    const expiresAtMs = inWholeSeconds(Math.min(this.clock.now() + this.options.keyTtlMs, engineEndMs));
    const [key] = await Promise.all([
      this.keys.create({ engine, kind, payload, askerTag, expiresAtMs, action, binding }),
      // Only NAVER's challenges are charged with their comparison.
      engine === 'naver' ? this.open.add(kind, expiresAtMs) : undefined,
    ]);
    this.events.next({ type: 'challenge.issued', kind, engine, action });
    const expiresInSeconds = Math.floor((expiresAtMs - this.clock.now()) / 1000);
    return { key, kind, expiresAt: new Date(expiresAtMs), expiresInSeconds };
  }
}

function assertWellFormed(kind: CaptchaKind, action: unknown, binding: unknown): void {
  if (!CAPTCHA_KINDS.includes(kind)) {
    throw new CaptchaBadRequestException({ detail: `kind must be ${CAPTCHA_KINDS.join(' or ')}.` });
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
