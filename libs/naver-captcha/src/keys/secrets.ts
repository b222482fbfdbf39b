import { createHmac, createSecretKey, type KeyObject, scrypt } from 'node:crypto';
import { promisify } from 'node:util';

import type { ResolvedCaptchaOptions } from '../types.js';

const scryptAsync = promisify<string, string, number, { N: number; r: number; p: number }, Buffer>(scrypt);

/**
 * Derives bytes from a secret, in about 50 ms and off the main thread. Client secrets are short: a fast derivation
 * would let the holder of a sealed key search for the secret offline. The parameters are part of the key format.
 */
export async function deriveBytes(secret: string, salt: readonly string[], length: number): Promise<Buffer> {
  return scryptAsync(secret, salt.join('\0'), length, { N: 2 ** 14, r: 8, p: 1 });
}

/** The secrets that are derived from one signing secret. */
export interface SealingSecret {
  /** Encrypts keys. */
  readonly sealing: KeyObject;
  /** Keys the tags of bindings. */
  readonly binding: Buffer;
  /** Keys the seeds of our own pictures and sounds. */
  readonly media: Buffer;
}

/** What a sealed key is bound to beside its secret, so that no other platform or client id opens it. */
export function associatedData({ platform, clientId }: ResolvedCaptchaOptions): readonly string[] {
  return ['nestjs-naver-captcha/v2', platform, clientId];
}

/** The secrets of every signing secret, in the order of the option: the first seals, all open. */
export async function deriveSealingSecrets(
  options: ResolvedCaptchaOptions,
): Promise<readonly SealingSecret[]> {
  const salt = associatedData(options);
  return Promise.all(
    options.signingSecrets.map(async (secret) => {
      const bytes = await deriveBytes(secret, salt, 96);
      return {
        sealing: createSecretKey(bytes.subarray(0, 32)),
        binding: bytes.subarray(32, 64),
        media: bytes.subarray(64),
      };
    }),
  );
}

export const BINDING_TAG_BYTES = 16;
const NO_BINDING = Buffer.alloc(BINDING_TAG_BYTES);

/** The tag of a binding, which can be compared but not read; zeros if there is no binding. */
export function bindingTag({ binding: key }: SealingSecret, binding: string | undefined): Buffer {
  if (binding === undefined || binding === '') return NO_BINDING;
  return createHmac('sha256', key).update(binding).digest().subarray(0, BINDING_TAG_BYTES);
}

/** The seed of the picture or sound of a challenge, made from what the key contains and the secret that sealed it. */
export function mediaSeed({ media: key }: SealingSecret, payload: Buffer): Buffer {
  return createHmac('sha256', key).update(payload).digest();
}
