import { createHmac, scrypt } from 'node:crypto';
import { promisify } from 'node:util';

import type { ResolvedCaptchaOptions } from '../types.js';

const derive = promisify<string, string, number, { N: number; r: number; p: number }, Buffer>(scrypt);

/** The two keys one signing secret yields. */
export interface SealingKey {
  readonly sealing: Buffer;
  readonly binding: Buffer;
}

/** What a sealed key is tied to beside its secret: it opens nowhere else. */
export function associatedData({ platform, clientId }: ResolvedCaptchaOptions): string {
  return ['nestjs-naver-captcha/v1', platform, clientId].join('\0');
}

/**
 * Client secrets are short, and a fast derivation would let whoever holds one sealed key search for the secret
 * offline. The parameters are part of the format of sealed keys. About 50 ms a secret, off the main thread.
 */
export async function deriveSealingKeys(options: ResolvedCaptchaOptions): Promise<readonly SealingKey[]> {
  const salt = associatedData(options);
  return Promise.all(
    options.signingSecrets.map(async (secret) => {
      const bytes = await derive(secret, salt, 64, { N: 2 ** 14, r: 8, p: 1 });
      return { sealing: bytes.subarray(0, 32), binding: bytes.subarray(32) };
    }),
  );
}

const TAG_BYTES = 16;
const NO_BINDING = Buffer.alloc(TAG_BYTES);

/** The trace of a binding inside a key: it can be compared and not read. Zeros where there is no binding. */
export function bindingTag(key: SealingKey, binding: string | undefined): Buffer {
  if (binding === undefined || binding === '') return NO_BINDING;
  return createHmac('sha256', key.binding).update(binding).digest().subarray(0, TAG_BYTES);
}
