import { createHmac } from 'node:crypto';
import { isIPv6 } from 'node:net';

import { Inject, Injectable } from '@nestjs/common';

import { CAPTCHA_OPTIONS } from '../tokens.js';
import type { ResolvedCaptchaOptions } from '../types.js';
import { deriveKey } from '../keys/derive-key.js';

/**
 * Names for what holds personal data, an address or an account: a keyed hash, so that the store holds nothing to read
 * or to guess at. The key comes from the client secret, which all instances share and rotation does not touch.
 */
@Injectable()
export class PersonalNames {
  #key: Promise<Buffer> | undefined;

  constructor(@Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions) {}

  async nameOf(purpose: string, whom: string): Promise<string> {
    const { platform, clientId, clientSecret } = this.options;
    // Derived at the first use: whoever limits nothing by person never pays for it.
    this.#key ??= deriveKey(clientSecret, ['nestjs-naver-captcha/names', platform, clientId], 32);
    return `${purpose}:${createHmac('sha256', await this.#key)
      .update(whom)
      .digest('base64url')}`;
  }
}

/** One household has a whole /64 of IPv6 addresses, so that much of one counts as one; anything else stays as it is. */
export function sameHousehold(whom: string): string {
  const [address = ''] = whom.split('%');
  if (!isIPv6(address)) return whom;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail = ''] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const groups = address.includes('::')
    ? [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right]
    : left;
  return `${groups
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
