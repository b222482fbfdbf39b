import { createCipheriv, createDecipheriv } from 'node:crypto';

import { withoutStack } from '../errors.js';
import type { CaptchaEngineName, CaptchaKind } from '../types.js';
import { BINDING_TAG_BYTES, type SealingSecret } from './secrets.js';

/*
 * base64url( 0x02 ‖ nonce 12 ‖ AES-256-GCM( engine u8 ‖ kind u8 ‖ expiresAt u32 BE seconds ‖ asker's tag 8
 *            ‖ u8 length ‖ payload ≤ 40 ‖ u8 length ‖ action ≤ 32 ‖ binding tag 16 ) ‖ tag 16 )
 * At most 133 bytes, 178 characters.
 */
const VERSION = 2;
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + NONCE_BYTES;
const CIPHER = 'aes-256-gcm';
/** Engine, kind, expiry, asker's tag and the length of the payload. */
const FIXED_BYTES = 15;
export const ASKER_TAG_BYTES = 8;
const ENGINE_CODES: Readonly<Record<CaptchaEngineName, number>> = { naver: 1, standby: 2 };
const KIND_CODES: Readonly<Record<CaptchaKind, number>> = { image: 1, audio: 2 };
const SEALED_KEY = /^[A-Za-z0-9_-]{60,190}$/;

/** What a sealed key contains. */
export interface SealedContents {
  readonly engine: CaptchaEngineName;
  readonly kind: CaptchaKind;
  /** Seconds since 1970; the first second in which the key is expired. */
  readonly expiresAtSeconds: number;
  /** The tag of the household that asked for the challenge; zeros if it is not known. */
  readonly askerTag: Buffer;
  readonly payload: Buffer;
  /** Empty if the key has no action. */
  readonly action: string;
  readonly bindingTag: Buffer;
}

/** Encrypts contents into a key. A nonce must never be used twice with one secret. */
export function seal(
  contents: SealedContents,
  { sealing }: SealingSecret,
  nonce: Buffer,
  associated: Buffer,
): string {
  const { engine, kind, expiresAtSeconds, askerTag, payload, bindingTag } = contents;
  const action = Buffer.from(contents.action, 'latin1');
  const head = Buffer.alloc(FIXED_BYTES);
  head.writeUInt8(ENGINE_CODES[engine], 0);
  head.writeUInt8(KIND_CODES[kind], 1);
  head.writeUInt32BE(expiresAtSeconds, 2);
  askerTag.copy(head, 6);
  head.writeUInt8(payload.length, 14);
  const plain = Buffer.concat([head, payload, Buffer.of(action.length), action, bindingTag]);

  const cipher = createCipheriv(CIPHER, sealing, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associated);
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), nonce, sealed, cipher.getAuthTag()]).toString('base64url');
}

/** Decrypts a key. Returns undefined if no secret fits, or the text is changed, cut, extended or spelled otherwise. */
export function unseal(
  text: string,
  secrets: readonly SealingSecret[],
  associated: Buffer,
): { readonly contents: SealedContents; readonly secret: SealingSecret } | undefined {
  if (!SEALED_KEY.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  // Several base64url texts decode to the same bytes, and each would be a fresh name for a used key.
  if (bytes[0] !== VERSION || bytes.toString('base64url') !== text) return undefined;
  for (const secret of secrets) {
    const plain = decrypt(bytes, secret, associated);
    const contents = plain && parse(plain);
    if (contents !== undefined) return { contents, secret };
  }
  return undefined;
}

function decrypt(bytes: Buffer, { sealing }: SealingSecret, associated: Buffer): Buffer | undefined {
  const nonce = bytes.subarray(1, HEAD_BYTES);
  // Without authTagLength Node also accepts a tag of four bytes.
  const decipher = createDecipheriv(CIPHER, sealing, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(associated);
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const plain = decipher.update(bytes.subarray(HEAD_BYTES, -TAG_BYTES));
  try {
    // final() throws if the tag does not fit. A forged key is no fault, so its error needs no stack.
    withoutStack(() => decipher.final());
    return plain;
  } catch {
    return undefined;
  }
}

function parse(plain: Buffer): SealedContents | undefined {
  const engine =
    nameOf(plain[0], ENGINE_CODES.naver, 'naver') ?? nameOf(plain[0], ENGINE_CODES.standby, 'standby');
  const kind = nameOf(plain[1], KIND_CODES.image, 'image') ?? nameOf(plain[1], KIND_CODES.audio, 'audio');
  const payloadEnd = FIXED_BYTES + (plain[14] ?? 0);
  const actionEnd = payloadEnd + 1 + (plain[payloadEnd] ?? 0);
  if (engine === undefined || kind === undefined || plain.length !== actionEnd + BINDING_TAG_BYTES) {
    return undefined;
  }
  return {
    engine,
    kind,
    expiresAtSeconds: plain.readUInt32BE(2),
    askerTag: plain.subarray(6, 14),
    payload: plain.subarray(FIXED_BYTES, payloadEnd),
    action: plain.toString('latin1', payloadEnd + 1, actionEnd),
    bindingTag: plain.subarray(actionEnd),
  };
}

function nameOf<const Name>(byte: number | undefined, code: number, name: Name): Name | undefined {
  return byte === code ? name : undefined;
}
