import { createHmac } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';

import { deriveBytes } from '../keys/secrets.js';
import { CAPTCHA_OPTIONS } from '../tokens.js';
import type { ResolvedCaptchaOptions } from '../types.js';

/** The length of a tag in a key; logs and events show the same bytes as text. */
const TAG_BYTES = 8;

/**
 * Names for addresses and accounts: a keyed hash, so that store, keys, logs and events contain no personal data and no
 * reader of them can find an address by trying all of them. The hash key is derived from the client secret, which all
 * processes share and which does not rotate; without NAVER there is none, and the first signing secret takes its place.
 */
@Injectable()
export class HashedNames {
  #hashKey: Promise<Buffer> | undefined;

  constructor(@Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions) {
    // With a standby the first challenge must not take longer than timeoutMs and the time to draw a picture. A failure
    // is reported by the first use.
    if (options.engines.includes('standby')) this.#derive().catch(() => undefined);
  }

  /** The store name of an address or an account. */
  async nameOf(purpose: string, addressOrAccount: string): Promise<string> {
    return `${purpose}:${(await this.#digest(addressOrAccount)).toString('base64url')}`;
  }

  /** The tag, 8 bytes, of a household or a network. */
  async tagOf(household: string): Promise<Buffer> {
    return (await this.#digest(household)).subarray(0, TAG_BYTES);
  }

  async #digest(text: string): Promise<Buffer> {
    return createHmac('sha256', await this.#derive())
      .update(text)
      .digest();
  }

  /** Derives the hash key at the first use, so that an application without limits by person does not pay for it. */
  #derive(): Promise<Buffer> {
    const { platform, clientId, clientSecret, signingSecrets } = this.options;
    const secret = clientSecret === '' ? signingSecrets[0] : clientSecret;
    this.#hashKey ??= deriveBytes(secret, ['nestjs-naver-captcha/names', platform, clientId], 32);
    return this.#hashKey;
  }
}
