import { createHmac, timingSafeEqual } from 'node:crypto';

import type { ResolvedCaptchaOptions } from '../types.js';
import { deriveBytes } from './secrets.js';

/*
 * The value of a known device's cookie:
 * base64url( id 16 ‖ day u16 BE, days since 1970 ‖ account's tag 16 ‖ first 16 bytes of HMAC-SHA256( all before ) )
 * 50 bytes, 67 characters.
 */
export const DEVICE_ID_BYTES = 16;
const DAY_BYTES = 2;
const TAG_BYTES = 16;
const SIGNED_BYTES = DEVICE_ID_BYTES + DAY_BYTES + TAG_BYTES;
const COOKIE_VALUE = /^[A-Za-z0-9_-]{67}$/;

/** What a known device's cookie contains. */
export interface DeviceCookie {
  /** Random; the device's own failures are counted by it. */
  readonly id: Buffer;
  /** The day of the last log-in, in days since 1970. */
  readonly day: number;
  readonly accountTag: Buffer;
}

/** The secrets of device cookies that are derived from one signing secret. */
export interface DeviceSecret {
  /** Keys the tags of accounts. */
  readonly tagging: Buffer;
  /** Keys the signatures of cookies. */
  readonly signing: Buffer;
}

/** The secrets of every signing secret, in the order of the option: the first signs, all verify. */
export async function deriveDeviceSecrets({
  platform,
  clientId,
  signingSecrets,
}: ResolvedCaptchaOptions): Promise<readonly DeviceSecret[]> {
  const salt = ['nestjs-naver-captcha/device/v1', platform, clientId];
  return Promise.all(
    signingSecrets.map(async (secret) => {
      const bytes = await deriveBytes(secret, salt, 64);
      return { tagging: bytes.subarray(0, 32), signing: bytes.subarray(32) };
    }),
  );
}

/** The tag of an account, which can be compared but not read. JSON keeps the names of one account apart. */
export function accountTag({ tagging }: DeviceSecret, names: readonly string[]): Buffer {
  return hmac(tagging, JSON.stringify(names)).subarray(0, TAG_BYTES);
}

export function signDeviceCookie({ id, day, accountTag: tag }: DeviceCookie, secret: DeviceSecret): string {
  const dayBytes = Buffer.alloc(DAY_BYTES);
  dayBytes.writeUInt16BE(day);
  const signed = Buffer.concat([id, dayBytes, tag]);
  return Buffer.concat([signed, signatureOf(signed, secret)]).toString('base64url');
}

/** Returns undefined if the secret did not sign the value, or the value is changed, cut or extended. */
export function openDeviceCookie(value: string, secret: DeviceSecret): DeviceCookie | undefined {
  if (!COOKIE_VALUE.test(value)) return undefined;
  const bytes = Buffer.from(value, 'base64url');
  const signed = bytes.subarray(0, SIGNED_BYTES);
  if (!timingSafeEqual(bytes.subarray(SIGNED_BYTES), signatureOf(signed, secret))) return undefined;
  return {
    id: signed.subarray(0, DEVICE_ID_BYTES),
    day: signed.readUInt16BE(DEVICE_ID_BYTES),
    accountTag: signed.subarray(DEVICE_ID_BYTES + DAY_BYTES),
  };
}

function signatureOf(signed: Buffer, { signing }: DeviceSecret): Buffer {
  return hmac(signing, signed).subarray(0, TAG_BYTES);
}

function hmac(key: Buffer, data: string | Buffer): Buffer {
  return createHmac('sha256', key).update(data).digest();
}
