import { createHmac } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';

import { deriveBytes } from '../keys/secrets.js';
import { CAPTCHA_OPTIONS } from '../tokens.js';
import type { ResolvedCaptchaOptions } from '../types.js';

/**
 * Store names of addresses and accounts: a keyed hash, so that the store contains no personal data and no reader of
 * it can find an address by trying all of them. The hash key is derived from the client secret, which all processes
 * share and which does not rotate.
 */
@Injectable()
export class HashedNames {
  #hashKey: Promise<Buffer> | undefined;

  constructor(@Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions) {}

  async nameOf(purpose: string, addressOrAccount: string): Promise<string> {
    const { platform, clientId, clientSecret } = this.options;
    // Derived at the first use, so that an application without limits by person does not pay for it.
    this.#hashKey ??= deriveBytes(clientSecret, ['nestjs-naver-captcha/names', platform, clientId], 32);
    const digest = createHmac('sha256', await this.#hashKey)
      .update(addressOrAccount)
      .digest('base64url');
    return `${purpose}:${digest}`;
  }
}
