import type { EmulatorKind, EmulatorPlatform } from '../calls/call.js';
import type { StoredKey } from '../store/key-store.js';

/** `right` and `wrong` tell the last comparison; a key nobody compared in time is `expired`. */
export type EmulatorKeyState = 'issued' | 'fetched' | 'right' | 'wrong' | 'expired';

/** A key the emulator issued. Times are milliseconds of the emulator's clock. */
export interface EmulatorKey {
  readonly key: string;
  readonly platform: EmulatorPlatform;
  readonly kind: EmulatorKind;
  readonly answer: string;
  readonly state: EmulatorKeyState;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** When its picture or sound was first fetched. */
  readonly fetchedAt?: number | undefined;
  /** When it was last compared. */
  readonly comparedAt?: number | undefined;
  readonly comparisons: number;
}

export function viewKey(stored: StoredKey, now: number): EmulatorKey {
  const { key, platform, kind, answer, issuedAt, expiresAt, fetchedAt, comparedAt, comparisons } = stored;
  return {
    key,
    platform,
    kind,
    answer,
    state: stateOf(stored, now),
    issuedAt,
    expiresAt,
    ...(fetchedAt === undefined ? {} : { fetchedAt }),
    ...(comparedAt === undefined ? {} : { comparedAt }),
    comparisons,
  };
}

function stateOf({ comparedAt, right, expiresAt, fetchedAt }: StoredKey, now: number): EmulatorKeyState {
  if (comparedAt !== undefined) return right ? 'right' : 'wrong';
  if (now >= expiresAt) return 'expired';
  return fetchedAt === undefined ? 'issued' : 'fetched';
}
