import { randomUUID } from 'node:crypto';

import {
  type CaptchaKeys,
  type KeyContents,
  NO_ASKER,
  type OpenedKey,
  type OpenedToll,
} from '../../keys/captcha-keys.js';
import { type Awaitable, type CaptchaExpectation, isMediaKind } from '../../types.js';
import { failing, failureOf, FIXED_KEY, USED_UP_PAYLOAD } from './fixed-answer.js';

/** Opens the fixed key and the keys that the module makes. */
export class FixedKeys implements CaptchaKeys {
  constructor(
    private readonly real: CaptchaKeys,
    private readonly onCreate: (contents: KeyContents) => void,
  ) {}

  assertCanContain(expected: CaptchaExpectation): void {
    this.real.assertCanContain(expected);
  }

  async create(contents: KeyContents): Promise<string> {
    const key = await this.real.create(contents);
    this.onCreate(contents);
    return key;
  }

  openToll(key: string): Awaitable<OpenedToll | undefined> {
    return this.real.openToll(key);
  }

  async open(key: string, expected: CaptchaExpectation = {}): Promise<OpenedKey | undefined> {
    const failure = failureOf(key);
    if (key !== failing(FIXED_KEY, failure)) return this.real.open(key, expected);
    this.assertCanContain(expected);
    return {
      engine: 'naver',
      kind: expected.kinds?.find(isMediaKind) ?? 'image',
      // A new payload each time, so that the fixed key never runs out of attempts.
      payload: failure === 'CAPTCHA_USED' ? USED_UP_PAYLOAD : Buffer.from(failing(randomUUID(), failure)),
      pressure: 'calm',
      price: 0,
      askerTag: NO_ASKER,
      fits: () => true,
    };
  }
}
