import { Inject, Injectable } from '@nestjs/common';

import type { CaptchaException } from '../../errors.js';
import { CAPTCHA_OPTIONS } from '../../tokens.js';
import {
  MEDIA_KINDS,
  type CaptchaMediaKind,
  type CaptchaMedia,
  type ResolvedCaptchaOptions,
} from '../../types.js';
import type { CaptchaEngine, Comparison, EngineOperation, IssuedChallenge } from '../captcha-engine.js';
import { NaverCaptchaClient } from './naver-captcha.client.js';

/** NAVER as an engine: the payload of a challenge is the NAVER key. */
@Injectable()
export class NaverEngine implements CaptchaEngine {
  readonly name = 'naver';
  readonly kinds = MEDIA_KINDS;

  readonly answerPattern: CaptchaEngine['answerPattern'];

  constructor(
    @Inject(NaverCaptchaClient) private readonly client: NaverCaptchaClient,
    @Inject(CAPTCHA_OPTIONS) { answerPattern }: ResolvedCaptchaOptions,
  ) {
    this.answerPattern = answerPattern;
  }

  refusalOf(operation: EngineOperation, kind: CaptchaMediaKind): CaptchaException | undefined {
    return this.client.refusalOf(operation, kind);
  }

  async issue(kind: CaptchaMediaKind): Promise<IssuedChallenge> {
    return { payload: Buffer.from(await this.client.issueKey(kind), 'latin1') };
  }

  async media(kind: CaptchaMediaKind, payload: Buffer): Promise<CaptchaMedia> {
    return this.client.fetchMedia(kind, payload.toString('latin1'));
  }

  async compare(kind: CaptchaMediaKind, payload: Buffer, value: string): Promise<Comparison> {
    return this.client.compare(kind, payload.toString('latin1'), value);
  }
}
