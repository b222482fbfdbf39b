import { Inject, Injectable } from '@nestjs/common';
import { parseCookie, type SerializeOptions, stringifySetCookie } from 'cookie';

import { headerOf } from '../contexts/context-kind.js';
import { HTTP } from '../contexts/http.context.js';
import {
  accountTag,
  deriveDeviceSecrets,
  DEVICE_ID_BYTES,
  type DeviceCookie,
  type DeviceSecret,
  openDeviceCookie,
  signDeviceCookie,
} from '../keys/device-cookie.js';
import type { CaptchaFailureKey, CountedKey } from '../limits/failures.js';
import { QuietLogger } from '../quiet-logger.js';
import { CAPTCHA_CLOCK, CAPTCHA_OPTIONS, CAPTCHA_RANDOM } from '../tokens.js';
import type { CaptchaClock, CaptchaRandom, ResolvedCaptchaOptions } from '../types.js';
import type { GuardedCall } from './captcha-requirement.js';
import { handlerName } from './developer-warnings.js';

/** Browsers take a cookie of this prefix only from the host itself, so that no subdomain can set or replace it. */
const NAME_PREFIX = '__Host-captcha-';
/** 48 bits of the account's tag: each account on a browser has a cookie of its own. */
const NAME_CHARACTERS = 8;
/** Every request to the host carries the cookies, so a browser keeps those of so many accounts. */
const MAX_ACCOUNTS = 5;
const LIFETIME_DAYS = 180;
const DAY_SECONDS = 86_400;
const ATTRIBUTES = {
  path: '/',
  httpOnly: true,
  secure: true,
  sameSite: 'lax',
} as const satisfies SerializeOptions;

/** The device that a log-in comes from. */
export interface Device {
  /** The keys that the try counts on. */
  readonly keys: readonly CountedKey[];
  /** The `Set-Cookie` headers that make the device known, if the try succeeds. */
  readonly successCookies: () => readonly string[];
}

type Cookies = ReturnType<typeof parseCookie>;

/** What one signing secret makes of the account. */
interface AccountUnderSecret {
  readonly secret: DeviceSecret;
  readonly tag: Buffer;
  readonly cookieName: string;
}

/**
 * Recognizes devices that have logged in to an account before (`knownDevice`), by a signed cookie: the device cookies of
 * https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
 */
@Injectable()
export class KnownDevices {
  #secrets: Promise<readonly DeviceSecret[]> | undefined;

  constructor(
    @Inject(CAPTCHA_OPTIONS) private readonly options: ResolvedCaptchaOptions,
    @Inject(CAPTCHA_CLOCK) private readonly clock: CaptchaClock,
    @Inject(CAPTCHA_RANDOM) private readonly random: CaptchaRandom,
    @Inject(QuietLogger) private readonly logger: QuietLogger,
  ) {}

  /** Returns undefined if the route has no `knownDevice`, the call has no cookies, or `by` returned no account. */
  async deviceOf(
    { context, kind, requirement }: GuardedCall,
    keys: readonly CaptchaFailureKey[],
  ): Promise<Device | undefined> {
    if (kind !== HTTP || requirement.afterFailures?.knownDevice !== true) return undefined;
    const account = keys.filter(isOfAccount);
    if (account.length === 0) {
      this.#warnOfAccount(context);
      return undefined;
    }
    const accounts = await this.#underEachSecret(account);
    const cookies = parseCookie(headerOf(kind.request(context), 'cookie') ?? '');
    const today = Math.floor(this.clock.now() / (DAY_SECONDS * 1000));
    const known = knownCookie(cookies, accounts, today);
    return {
      keys:
        known === undefined ? keys : [deviceKey(known, account), ...keys.filter((key) => !isOfAccount(key))],
      successCookies: () => this.#cookiesOf(known?.id, today, cookies, accounts),
    };
  }

  async #underEachSecret(account: readonly CaptchaFailureKey[]): Promise<readonly AccountUnderSecret[]> {
    const names = [...new Set(account.map(({ key }) => key))].sort();
    // Derived at the first use, so that an application without known devices does not pay for it.
    this.#secrets ??= deriveDeviceSecrets(this.options);
    return (await this.#secrets).map((secret) => {
      const tag = accountTag(secret, names);
      const cookieName = NAME_PREFIX + tag.toString('base64url').slice(0, NAME_CHARACTERS);
      return { secret, tag, cookieName };
    });
  }

  #cookiesOf(
    id: Buffer | undefined,
    day: number,
    cookies: Cookies,
    accounts: readonly AccountUnderSecret[],
  ): readonly string[] {
    const [account] = accounts;
    if (account === undefined) return [];
    const { secret, tag, cookieName } = account;
    const contents = { id: id ?? this.random.bytes(DEVICE_ID_BYTES), day, accountTag: tag };
    return [
      stringifySetCookie(cookieName, signDeviceCookie(contents, secret), {
        ...ATTRIBUTES,
        maxAge: LIFETIME_DAYS * DAY_SECONDS,
      }),
      ...superfluousNames(cookies, accounts, cookieName).map((name) =>
        stringifySetCookie(name, '', { ...ATTRIBUTES, maxAge: 0 }),
      ),
    ];
  }

  #warnOfAccount(context: GuardedCall['context']): void {
    this.logger.warnOnce(
      `${handlerName(context)} has knownDevice, but afterFailures.by returned no key with clearOnSuccess: true, so the ` +
        'account is not known and no device is recognized. Return the key of the account with clearOnSuccess: true, such ' +
        'as { key: `account:${accountKey(name)}`, clearOnSuccess: true }.',
    );
  }
}

function isOfAccount({ clearOnSuccess }: CaptchaFailureKey): boolean {
  return clearOnSuccess === true;
}

/** Counts in place of the keys of the account, until the device has used up its own tries. */
function deviceKey({ id }: DeviceCookie, account: readonly CaptchaFailureKey[]): CountedKey {
  return { key: `known-device:${id.toString('base64url')}`, clearOnSuccess: true, then: account };
}

/** The account's cookie; undefined if there is none, or it is forged, too old or of another account. */
function knownCookie(
  cookies: Cookies,
  accounts: readonly AccountUnderSecret[],
  today: number,
): DeviceCookie | undefined {
  for (const { secret, tag, cookieName } of accounts) {
    const cookie = openDeviceCookie(cookies[cookieName] ?? '', secret);
    if (cookie?.accountTag.equals(tag) === true && today - cookie.day <= LIFETIME_DAYS) return cookie;
  }
  return undefined;
}

/**
 * The names of the account's cookies under earlier secrets, and of the accounts whose last log-in was longest ago if
 * there are too many. Cookies of other applications on this host are not touched, even if their names look alike.
 */
function superfluousNames(
  cookies: Cookies,
  accounts: readonly AccountUnderSecret[],
  cookieName: string,
): readonly string[] {
  const ours = Object.entries(cookies).flatMap(([name, value = '']) => {
    if (!name.startsWith(NAME_PREFIX) || name === cookieName) return [];
    const [cookie] = accounts.flatMap(({ secret }) => openDeviceCookie(value, secret) ?? []);
    return cookie === undefined ? [] : [{ name, day: cookie.day }];
  });
  const kept = ours
    .filter(({ name }) => accounts.every((account) => account.cookieName !== name))
    .sort((one, other) => other.day - one.day)
    .slice(0, MAX_ACCOUNTS - 1);
  return ours.filter((cookie) => !kept.includes(cookie)).map(({ name }) => name);
}
