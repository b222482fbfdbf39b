import { Inject, Injectable } from '@nestjs/common';

import { CAPTCHA_CLOCK, CAPTCHA_OPTIONS, CAPTCHA_RANDOM } from '../tokens.js';
import type { CaptchaClock, CaptchaRandom, ResolvedCaptchaOptions } from '../types.js';
import { type KeyRing, type OpenedKey, RawKeyRing, SealedKeyRing } from './key-ring.js';

/** The one key ring of a module; sealing keys are derived from the boot on. */
@Injectable()
export class CaptchaKeys {
  readonly ring: KeyRing;

  constructor(
    @Inject(CAPTCHA_OPTIONS) options: ResolvedCaptchaOptions,
    @Inject(CAPTCHA_RANDOM) random: CaptchaRandom,
    @Inject(CAPTCHA_CLOCK) private readonly clock: CaptchaClock,
  ) {
    this.ring = options.keys === 'raw' ? new RawKeyRing() : new SealedKeyRing(options, random);
  }

  isExpired({ expiresAtMs }: OpenedKey): boolean {
    return expiresAtMs !== undefined && expiresAtMs <= this.clock.now();
  }
}
