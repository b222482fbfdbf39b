import { createCipheriv, createDecipheriv } from 'node:crypto';

import { withoutStack } from '../errors.js';
import type { CaptchaKind } from '../types.js';
import type { SealingKey } from './sealing-keys.js';

/*
 * base64url( 0x01 ‖ nonce 12 ‖ AES-256-GCM( kind u8 ‖ expiresAt u32 BE seconds ‖ u8 length ‖ NAVER key ≤ 32
 *            ‖ u8 length ‖ action ≤ 32 ‖ bindingTag 16 ) ‖ tag 16 )
 */
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const BINDING_TAG_BYTES = 16;
const HEAD_BYTES = 1 + NONCE_BYTES;
const CIPHER = 'aes-256-gcm';
const KIND_CODES: Readonly<Record<CaptchaKind, number>> = { image: 1, audio: 2 };

/** What a sealed key says. */
export interface SealedContents {
  readonly kind: CaptchaKind;
  /** Seconds since 1970; the first second in which the key is no longer taken. */
  readonly expiresAtSeconds: number;
  readonly naverKey: string;
  /** Empty where there is none. */
  readonly action: string;
  readonly bindingTag: Buffer;
}

const SHAPE = /^[A-Za-z0-9_-]{60,160}$/;

/** Seals; `nonce` must never be used twice under one key. */
export function seal(contents: SealedContents, key: SealingKey, nonce: Buffer, associated: Buffer): string {
  const naverKey = Buffer.from(contents.naverKey, 'latin1');
  const action = Buffer.from(contents.action, 'latin1');
  const head = Buffer.alloc(6);
  head.writeUInt8(KIND_CODES[contents.kind], 0);
  head.writeUInt32BE(contents.expiresAtSeconds, 1);
  head.writeUInt8(naverKey.length, 5);
  const plain = Buffer.concat([head, naverKey, Buffer.of(action.length), action, contents.bindingTag]);

  const cipher = createCipheriv(CIPHER, key.sealing, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associated);
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), nonce, sealed, cipher.getAuthTag()]).toString('base64url');
}

/** Opens with the one key that fits, or yields nothing: a changed, cut, grown or respelled key is no key. */
export function open(
  text: string,
  keys: readonly SealingKey[],
  associated: Buffer,
): { readonly contents: SealedContents; readonly key: SealingKey } | undefined {
  if (!SHAPE.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  // Several spellings decode to the same bytes, and each would be a fresh name for a used key.
  if (bytes[0] !== VERSION || bytes.toString('base64url') !== text) return undefined;
  for (const key of keys) {
    const plain = decrypt(bytes, key, associated);
    const contents = plain && parse(plain);
    if (contents !== undefined) return { contents, key };
  }
  return undefined;
}

function decrypt(bytes: Buffer, key: SealingKey, associated: Buffer): Buffer | undefined {
  const nonce = bytes.subarray(1, HEAD_BYTES);
  // Without authTagLength Node takes a tag of four bytes for good.
  const decipher = createDecipheriv(CIPHER, key.sealing, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(associated);
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const plain = decipher.update(bytes.subarray(HEAD_BYTES, -TAG_BYTES));
  try {
    // There is nothing left to yield, and whoever forged the key is told by a throw.
    withoutStack(() => decipher.final());
    return plain;
  } catch {
    return undefined;
  }
}

function parse(plain: Buffer): SealedContents | undefined {
  const kind = plain[0] === KIND_CODES.image ? 'image' : plain[0] === KIND_CODES.audio ? 'audio' : undefined;
  const keyEnd = 6 + (plain[5] ?? 0);
  const actionEnd = keyEnd + 1 + (plain[keyEnd] ?? 0);
  if (kind === undefined || plain.length !== actionEnd + BINDING_TAG_BYTES) return undefined;
  return {
    kind,
    expiresAtSeconds: plain.readUInt32BE(1),
    naverKey: plain.toString('latin1', 6, keyEnd),
    action: plain.toString('latin1', keyEnd + 1, actionEnd),
    bindingTag: plain.subarray(actionEnd),
  };
}
