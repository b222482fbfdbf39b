import { timingSafeEqual } from 'node:crypto';

import { CaptchaMisconfiguredException } from '../errors.js';
import { NAVER_KEY_LIFETIME_MS, NAVER_KEY_PATTERN } from '../naver-facts.js';
import {
  type Awaitable,
  type CaptchaEngineName,
  type CaptchaExpectation,
  type CaptchaKind,
  type CaptchaPricing,
  type CaptchaRandom,
  isMediaKind,
  MEDIA_KINDS,
  type ResolvedCaptchaOptions,
} from '../types.js';
import {
  ASKER_TAG_BYTES,
  NONCE_BYTES,
  seal,
  type SealedContents,
  type SealedKind,
  unseal,
} from './key-format.js';
import {
  associatedData,
  bindingTag,
  deriveSealingSecrets,
  mediaSeed,
  type SealingSecret,
} from './secrets.js';

/** What a new key is to contain. */
export interface KeyContents extends CaptchaPricing {
  /** Who made the challenge. */
  readonly engine: CaptchaEngineName;
  readonly kind: SealedKind;
  /** What the engine needs to show the challenge and to compare an answer; at most 40 bytes. */
  readonly payload: Buffer;
  /** The tag, 8 bytes, of the household that asks for the challenge; zeros if it is not known. */
  readonly askerTag: Buffer;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number;
  readonly action?: string | undefined;
  readonly binding?: string | undefined;
}

/** The contents of a key that a browser sent. */
export interface OpenedKey extends CaptchaPricing {
  /** Who made the challenge, and therefore gives its picture or sound and compares its answer. */
  readonly engine: CaptchaEngineName;
  readonly kind: CaptchaKind;
  readonly payload: Buffer;
  /** The tag of the household that asked for the challenge; zeros if it is not known. */
  readonly askerTag: Buffer;
  /** Milliseconds since 1970; absent for a raw key, which does not contain its end. */
  readonly expiresAtMs?: number;
  /**
   * The bytes from which an engine of our own draws: the same wherever the key is opened, and known only to those who
   * hold the signing secret. Absent for a raw key.
   */
  readonly mediaSeed?: () => Buffer;
  /** Returns true if the key was made for this action, binding and kind. */
  fits(expected: CaptchaExpectation): boolean;
}

/** The contents of a toll that a browser pays. */
export interface OpenedToll {
  /** What solves its puzzle. */
  readonly payload: Buffer;
  /** 1 to 5. */
  readonly level: number;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number;
}

/** Makes the keys that browsers hold, and opens them again. */
export interface CaptchaKeys {
  /**
   * Call it before the engine is asked: a key that cannot contain this must not cost a call.
   * @throws CaptchaMisconfiguredException if a raw key is to contain an action or a binding
   */
  assertCanContain(expected: CaptchaExpectation): void;
  create(contents: KeyContents): Promise<string>;
  /** Returns undefined if the key was not made by this application. */
  open(key: string, expected?: CaptchaExpectation): Awaitable<OpenedKey | undefined>;
  /** Returns undefined if the key is no toll of this application. */
  openToll(key: string): Awaitable<OpenedToll | undefined>;
}

/** The keys that the option `keys` asks for. The secrets of sealed keys are derived from this call on. */
export function createCaptchaKeys(options: ResolvedCaptchaOptions, random: CaptchaRandom): CaptchaKeys {
  return options.keys === 'raw' ? new RawKeys() : new SealedKeys(options, random);
}

/** Milliseconds until the key expires; for a raw key, as long as NAVER may still know it. */
export function remainingMs({ expiresAtMs }: Pick<OpenedKey, 'expiresAtMs'>, nowMs: number): number {
  return expiresAtMs === undefined ? NAVER_KEY_LIFETIME_MS : expiresAtMs - nowMs;
}

/** The asker's tag of a challenge whose asker is not known. */
export const NO_ASKER = Buffer.alloc(ASKER_TAG_BYTES);

const ACTION = /^[a-z0-9_-]{1,32}$/;

/** Returns true if a key can be made for this action. */
export function isAction(value: unknown): value is string {
  return typeof value === 'string' && ACTION.test(value);
}

/** Returns true if a key can be made for this binding. A cookie that was parsed as JSON may be anything. */
export function isBinding(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

/** A forged key costs microseconds and never reaches NAVER. Every process with the same credentials opens these. */
class SealedKeys implements CaptchaKeys {
  readonly #associated: Buffer;
  readonly #deriving: Promise<readonly SealingSecret[]>;
  #secrets: readonly SealingSecret[] | undefined;

  constructor(
    options: ResolvedCaptchaOptions,
    private readonly random: CaptchaRandom,
  ) {
    this.#associated = Buffer.from(associatedData(options).join('\0'));
    this.#deriving = deriveSealingSecrets(options);
    this.#deriving.then(
      (secrets) => {
        this.#secrets = secrets;
      },
      // The first use awaits the promise and gets the error; unhandled here, it would end the process.
      () => undefined,
    );
  }

  assertCanContain(): void {
    // A sealed key can contain every action and binding.
  }

  async create({
    engine,
    kind,
    payload,
    pressure,
    price,
    askerTag,
    expiresAtMs,
    action = '',
    binding,
  }: KeyContents): Promise<string> {
    const [secret] = await this.#deriving;
    if (secret === undefined) throw new Error('There is no signing secret.');
    return seal(
      {
        engine,
        kind,
        expiresAtSeconds: Math.floor(expiresAtMs / 1000),
        pressure,
        price,
        askerTag,
        payload,
        action,
        bindingTag: bindingTag(secret, binding),
      },
      secret,
      this.random.bytes(NONCE_BYTES),
      this.#associated,
    );
  }

  open(key: string): Awaitable<OpenedKey | undefined> {
    if (this.#secrets !== undefined) return openWith(this.#secrets, key, this.#associated);
    return this.#deriving.then((secrets) => openWith(secrets, key, this.#associated));
  }

  async openToll(key: string): Promise<OpenedToll | undefined> {
    const opened = unseal(key, await this.#deriving, this.#associated);
    if (opened?.contents.kind !== 'toll') return undefined;
    const { payload, price, expiresAtSeconds } = opened.contents;
    return { payload, level: price, expiresAtMs: expiresAtSeconds * 1000 };
  }
}

function openWith(secrets: readonly SealingSecret[], key: string, associated: Buffer): OpenedKey | undefined {
  const opened = unseal(key, secrets, associated);
  if (opened === undefined) return undefined;
  const { contents, secret } = opened;
  // A toll is no answer.
  return contents.kind === 'toll' ? undefined : openedKey(contents, contents.kind, secret);
}

function openedKey(contents: SealedContents, kind: CaptchaKind, secret: SealingSecret): OpenedKey {
  const { engine, payload, pressure, price, askerTag } = contents;
  return {
    engine,
    kind,
    payload,
    pressure,
    price,
    askerTag,
    expiresAtMs: contents.expiresAtSeconds * 1000,
    mediaSeed: () => mediaSeed(secret, payload),
    fits: ({ action, binding, kinds = MEDIA_KINDS }) =>
      kinds.includes(kind) &&
      contents.action === (action ?? '') &&
      timingSafeEqual(contents.bindingTag, bindingTag(secret, binding)),
  };
}

/** NAVER's keys as they are, for applications whose keys are issued elsewhere. */
class RawKeys implements CaptchaKeys {
  assertCanContain({ action, binding }: CaptchaExpectation): void {
    if (action === undefined && binding === undefined) return;
    throw new CaptchaMisconfiguredException({
      detail: "With keys: 'raw' a key contains no action and no binding. Leave them out, or use sealed keys.",
    });
  }

  async create({ payload }: KeyContents): Promise<string> {
    return Promise.resolve(payload.toString('latin1'));
  }

  open(key: string, expected: CaptchaExpectation = {}): OpenedKey | undefined {
    this.assertCanContain(expected);
    if (!NAVER_KEY_PATTERN.test(key)) return undefined;
    // A raw key does not contain its kind: the first kind that the route accepts is taken.
    return {
      engine: 'naver',
      kind: expected.kinds?.find(isMediaKind) ?? 'image',
      payload: Buffer.from(key, 'latin1'),
      pressure: 'calm',
      price: 0,
      askerTag: NO_ASKER,
      fits: () => true,
    };
  }

  openToll(): undefined {
    return undefined;
  }
}
