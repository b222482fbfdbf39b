import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

import type { ResolvedCaptchaOptions } from '../types.js';
import { deriveKey } from './derive-key.js';

/** The two keys one signing secret yields. */
export interface SealingKey {
  readonly sealing: KeyObject;
  readonly binding: Buffer;
}

/** What a sealed key is tied to beside its secret: it opens nowhere else. NUL-separated. */
export function associatedData({ platform, clientId }: ResolvedCaptchaOptions): readonly string[] {
  return ['nestjs-naver-captcha/v1', platform, clientId];
}

/** The keys of every signing secret, in their order. */
export async function deriveSealingKeys(options: ResolvedCaptchaOptions): Promise<readonly SealingKey[]> {
  const salt = associatedData(options);
  return Promise.all(
    options.signingSecrets.map(async (secret) => {
      const bytes = await deriveKey(secret, salt, 64);
      return { sealing: createSecretKey(bytes.subarray(0, 32)), binding: bytes.subarray(32) };
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
