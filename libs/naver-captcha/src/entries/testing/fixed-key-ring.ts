import { randomUUID } from 'node:crypto';

import type { KeyContents, KeyRing, OpenedKey } from '../../keys/key-ring.js';
import type { CaptchaExpectation } from '../../types.js';
import { failing, failureOf, FIXED_KEY } from './fixed-answer.js';

/** Takes the fixed key beside those that the module's own ring makes. */
export class FixedKeyRing implements KeyRing {
  constructor(
    private readonly real: KeyRing,
    private readonly made: (contents: KeyContents) => void,
  ) {}

  assertKeeps(expected: CaptchaExpectation): void {
    this.real.assertKeeps(expected);
  }

  async close(contents: KeyContents): Promise<string> {
    const key = await this.real.close(contents);
    this.made(contents);
    return key;
  }

  async open(key: string, expected: CaptchaExpectation = {}): Promise<OpenedKey | undefined> {
    if (key !== failing(FIXED_KEY, failureOf(key))) return this.real.open(key, expected);
    this.assertKeeps(expected);
    return {
      kind: expected.kinds?.[0] ?? 'image',
      // Another one each time, so that attempts at the fixed key never run out.
      naverKey: failing(randomUUID(), failureOf(key)),
      fits: () => true,
    };
  }
}
