import { timingSafeEqual } from 'node:crypto';

import { CaptchaMisconfiguredException } from '../errors.js';
import type {
  Awaitable,
  CaptchaExpectation,
  CaptchaKind,
  CaptchaRandom,
  ResolvedCaptchaOptions,
} from '../types.js';
import { open, seal } from './sealed-key.js';
import { associatedData, bindingTag, deriveSealingKeys, type SealingKey } from './sealing-keys.js';

/** What a key is made of. */
export interface KeyContents {
  readonly kind: CaptchaKind;
  readonly naverKey: string;
  readonly expiresAtMs: number;
  readonly action?: string | undefined;
  readonly binding?: string | undefined;
}

/** A key of ours, opened. */
export interface OpenedKey {
  readonly kind: CaptchaKind;
  readonly naverKey: string;
  /** Absent where the key itself does not tell. */
  readonly expiresAtMs?: number;
  /** Whether it was made for this: action, binding and kind. */
  fits(expected: CaptchaExpectation): boolean;
}

/** How long the use of a key is remembered that does not tell its own end: as long as NAVER counts (documented). */
const RAW_KEY_LIFETIME_MS = 7_200_000;

/** Milliseconds for which a key may still be used. */
export function remainingMs({ expiresAtMs }: Pick<OpenedKey, 'expiresAtMs'>, nowMs: number): number {
  return expiresAtMs === undefined ? RAW_KEY_LIFETIME_MS : expiresAtMs - nowMs;
}

/** Makes the keys that browsers hold, and opens them again. */
export interface KeyRing {
  /** Asked before NAVER is: a key that could not say this must not cost a call. */
  assertKeeps(expected: CaptchaExpectation): void;
  close(contents: KeyContents): Promise<string>;
  /** Nothing where it is not a key of ours. */
  open(key: string, expected?: CaptchaExpectation): Awaitable<OpenedKey | undefined>;
}

/** Seals: forged keys cost microseconds and never reach NAVER. Any instance with the same credentials opens them. */
export class SealedKeyRing implements KeyRing {
  readonly #associated: Buffer;
  readonly #random: CaptchaRandom;
  readonly #pending: Promise<readonly SealingKey[]>;
  #keys: readonly SealingKey[] | undefined;

  constructor(options: ResolvedCaptchaOptions, random: CaptchaRandom) {
    this.#associated = Buffer.from(associatedData(options).join('\0'));
    this.#random = random;
    this.#pending = deriveSealingKeys(options);
    // Awaited at first use; until then a failure must not end the process unheard.
    this.#pending.then(
      (keys) => {
        this.#keys = keys;
      },
      () => undefined,
    );
  }

  assertKeeps(): void {
    // A sealed key keeps whatever it is given.
  }

  async close(contents: KeyContents): Promise<string> {
    const [key] = await this.#pending;
    if (key === undefined) throw new Error('There is no signing secret.');
    return seal(
      {
        kind: contents.kind,
        expiresAtSeconds: Math.floor(contents.expiresAtMs / 1000),
        naverKey: contents.naverKey,
        action: contents.action ?? '',
        bindingTag: bindingTag(key, contents.binding),
      },
      key,
      this.#random.bytes(12),
      this.#associated,
    );
  }

  open(text: string): Awaitable<OpenedKey | undefined> {
    if (this.#keys !== undefined) return this.#openWith(this.#keys, text);
    return this.#pending.then((keys) => this.#openWith(keys, text));
  }

  #openWith(keys: readonly SealingKey[], text: string): OpenedKey | undefined {
    const opened = open(text, keys, this.#associated);
    if (opened === undefined) return undefined;
    const { contents, key } = opened;
    return {
      kind: contents.kind,
      naverKey: contents.naverKey,
      expiresAtMs: contents.expiresAtSeconds * 1000,
      fits: ({ action, binding, kinds }) =>
        (kinds?.includes(contents.kind) ?? true) &&
        contents.action === (action ?? '') &&
        timingSafeEqual(contents.bindingTag, bindingTag(key, binding)),
    };
  }
}

const RAW_KEY = /^[A-Za-z0-9]{8,32}$/;

/** For applications whose keys are issued elsewhere: what the browser holds is NAVER's key itself. */
export class RawKeyRing implements KeyRing {
  assertKeeps({ action, binding }: CaptchaExpectation): void {
    if (action === undefined && binding === undefined) return;
    throw new CaptchaMisconfiguredException({
      detail: "With keys: 'raw' a key says nothing of action or binding. Leave them out, or use sealed keys.",
    });
  }

  async close({ naverKey }: KeyContents): Promise<string> {
    return Promise.resolve(naverKey);
  }

  open(text: string, expected: CaptchaExpectation = {}): OpenedKey | undefined {
    this.assertKeeps(expected);
    if (!RAW_KEY.test(text)) return undefined;
    // A raw key does not say its kind: the route does, by the first kind it accepts.
    return { kind: expected.kinds?.[0] ?? 'image', naverKey: text, fits: () => true };
  }
}
