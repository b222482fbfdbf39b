import { createCipheriv, createDecipheriv } from 'node:crypto';

import { withoutStack } from '../errors.js';
import type { CaptchaEngineName, CaptchaKind, CaptchaPressure } from '../types.js';
import { BINDING_TAG_BYTES, type SealingSecret } from './secrets.js';

/*
 * base64url( 0x02 ‖ nonce 12 ‖ AES-256-GCM( engine u8 ‖ kind u8 ‖ expiresAt u32 BE seconds ‖ pressure u4 ‖ price u4
 *            ‖ asker's tag 8 ‖ u8 length ‖ payload ≤ 40 ‖ u8 length ‖ action ≤ 32 ‖ binding tag 16 ) ‖ tag 16 )
 * At most 134 bytes, 179 characters.
 */
const VERSION = 2;
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + NONCE_BYTES;
const CIPHER = 'aes-256-gcm';
/** Engine, kind, expiry, pressure with price, asker's tag and the length of the payload. */
const FIXED_BYTES = 16;
export const ASKER_TAG_BYTES = 8;
/** Each name is written as its place in the list, from 0. Add names at the end only. */
const ENGINES = ['naver', 'standby', 'work'] as const satisfies readonly CaptchaEngineName[];
const KINDS = ['image', 'audio', 'work', 'toll'] as const satisfies readonly SealedKind[];
const PRESSURES = ['calm', 'raised', 'high'] as const satisfies readonly CaptchaPressure[];
const SEALED_KEY = /^[A-Za-z0-9_-]{60,190}$/;

/** What a key is for: an answer of a kind, or the payment of a toll, which no guard takes for an answer. */
export type SealedKind = CaptchaKind | 'toll';

/** What a sealed key contains. */
export interface SealedContents {
  readonly engine: CaptchaEngineName;
  readonly kind: SealedKind;
  /** Seconds since 1970; the first second in which the key is expired. */
  readonly expiresAtSeconds: number;
  /** The pressure of the household when it asked. */
  readonly pressure: CaptchaPressure;
  /** The level of the toll, 0 to 15: of a challenge the one that was paid for it, of a toll its own. */
  readonly price: number;
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
  const { engine, kind, expiresAtSeconds, pressure, price, askerTag, payload, bindingTag } = contents;
  const action = Buffer.from(contents.action, 'latin1');
  const head = Buffer.alloc(FIXED_BYTES);
  head.writeUInt8(ENGINES.indexOf(engine), 0);
  head.writeUInt8(KINDS.indexOf(kind), 1);
  head.writeUInt32BE(expiresAtSeconds, 2);
  head.writeUInt8(PRESSURES.indexOf(pressure) * 16 + price, 6);
  askerTag.copy(head, 7);
  head.writeUInt8(payload.length, 15);
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
  if (plain.length < FIXED_BYTES) return undefined;
  const engine = ENGINES[plain.readUInt8(0)];
  const kind = KINDS[plain.readUInt8(1)];
  const pressure = PRESSURES[plain.readUInt8(6) >> 4];
  const payloadEnd = FIXED_BYTES + plain.readUInt8(15);
  const actionEnd = payloadEnd + 1 + (plain[payloadEnd] ?? 0);
  if (engine === undefined || kind === undefined || pressure === undefined) return undefined;
  if (plain.length !== actionEnd + BINDING_TAG_BYTES) return undefined;
  return {
    engine,
    kind,
    expiresAtSeconds: plain.readUInt32BE(2),
    pressure,
    price: plain.readUInt8(6) & 0x0f,
    askerTag: plain.subarray(7, 15),
    payload: plain.subarray(FIXED_BYTES, payloadEnd),
    action: plain.toString('latin1', payloadEnd + 1, actionEnd),
    bindingTag: plain.subarray(actionEnd),
  };
}
