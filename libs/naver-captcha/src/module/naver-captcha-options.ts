import type { HttpService } from '@nestjs/axios';

import type { CaptchaRoutesOptions } from '../routes/captcha-routes-options.js';
import type { CaptchaStore } from '../store/captcha-store.js';
import type {
  Awaitable,
  CaptchaAnswerNames,
  CaptchaErrorCode,
  CaptchaKind,
  CaptchaLanguage,
  CaptchaPrefetch,
  CaptchaRate,
  NaverPlatform,
  OnCaptchaUnavailable,
} from '../types.js';

/**
 * The settings of the module. A field left out, or explicitly `undefined`, is read from the environment where it has
 * a variable, and else has its default. Whatever is missing, malformed or contradictory stops the boot.
 */
export interface NaverCaptchaModuleOptions {
  /**
   * The client id NAVER gave this application.
   * @default NAVER_CAPTCHA_CLIENT_ID; required
   */
  readonly clientId?: string | undefined;
  /**
   * The client secret NAVER gave this application.
   * @default NAVER_CAPTCHA_CLIENT_SECRET; required
   */
  readonly clientSecret?: string | undefined;
  /**
   * Which of NAVER's front doors the credentials are for.
   * @default 'developers'
   */
  readonly platform?: NaverPlatform | undefined;
  /**
   * Where NAVER is called; set it to reach an emulator.
   * @default the platform's
   */
  readonly baseUrl?: string | undefined;
  /**
   * Lets a production boot call `http:` on another host than loopback: the secret travels readable.
   * @default false
   */
  readonly allowInsecureBaseUrl?: boolean | undefined;
  /**
   * Milliseconds one call to NAVER may take: waiting for a socket, connecting and reading the body included.
   * @default 3000
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Sockets to NAVER, kept alive between calls; up to 256 calls more wait for one, and what comes then is refused. At
   * 50 ms a call, 64 sockets carry 1,280 calls a second: more than the free quota of a day.
   * @default 64
   */
  readonly maxSockets?: number | undefined;
  /**
   * The `HttpService` of `@nestjs/axios` that calls to NAVER go through, with its interceptors and adapter. Without it
   * calls go straight through undici, in a fifth of the time. Sockets, deadline and size limits stay the module's.
   * @default undefined
   */
  readonly httpService?: HttpService | undefined;
  /**
   * What keys are sealed with: at least 32 characters, or up to 4 such for rotation; the first seals, all open.
   * @default the client secret
   */
  readonly signingSecret?: string | readonly string[] | undefined;
  /**
   * Milliseconds a key is taken after it was made.
   * @default 600000
   */
  readonly keyTtlMs?: number | undefined;
  /**
   * How often one key may be answered. A key passes once, whatever this says.
   * @default 1
   */
  readonly maxAttempts?: number | undefined;
  /**
   * Calls to NAVER a day, for each kind, that are counted before they are made; past it nothing is sent.
   * @default the platform's: 1000 on `developers`, none on `ncloud*`, where each call is billed
   */
  readonly dailyQuota?: number | undefined;
  /**
   * The share of the day's quota kept for comparing, so that people who have a picture can still answer: 0 to 0.9.
   * @default 0.1
   */
  readonly quotaReserve?: number | undefined;
  /**
   * How many challenges one `by` may ask for in a time; `false` counts nobody.
   * @default { limit: 10, windowMs: 60000 }
   */
  readonly issueLimit?: Partial<CaptchaRate> | false | undefined;
  /**
   * How many pictures are kept ready in each process, so that a page need not wait for NAVER: 1 to 100, or `false`.
   * Each is one call of the day's quota, and so is each renewal, after an hour. NAVER counts a prefetched picture's
   * response time from when it was fetched, so that `responseTimeSeconds` holds the time it lay ready.
   * @default false
   */
  readonly prefetch?: CaptchaPrefetch | false | undefined;
  /**
   * What to do with a request while NAVER cannot be asked: `reject`, `allow`, or a function that yields one of them.
   * @default 'reject'
   */
  readonly onUnavailable?: OnCaptchaUnavailable | undefined;
  /**
   * `raw` takes NAVER's own keys, for applications whose keys are issued elsewhere; forged keys then reach NAVER.
   * @default 'sealed'
   */
  readonly keys?: 'sealed' | 'raw' | undefined;
  /**
   * Where used keys are remembered.
   * @default new MemoryCaptchaStore()
   */
  readonly store?: CaptchaStore | undefined;
  /**
   * Takes the two fields out of the body whenever a request is let through.
   * @default true
   */
  readonly strip?: boolean | undefined;
  /**
   * The names of the answer in a body, a message or GraphQL's arguments; `false` does not look there.
   * @default { key: 'captchaKey', value: 'captchaValue' }
   */
  readonly bodyFields?: Partial<CaptchaAnswerNames> | false | undefined;
  /**
   * The names of the answer in the headers; `false` does not look there.
   * @default { key: 'x-captcha-key', value: 'x-captcha-value' }
   */
  readonly headerNames?: Partial<CaptchaAnswerNames> | false | undefined;
  /**
   * What an answer looks like after NFKC and trim; anything else is refused without asking NAVER.
   * @default { image: /^[A-Za-z0-9]{1,16}$/, audio: /^[0-9]{1,16}$/ }
   */
  readonly answerPattern?: Partial<Record<CaptchaKind, RegExp>> | undefined;
  /**
   * Other HTTP statuses, 400 to 599, by code.
   * @default {}
   */
  readonly statuses?: Partial<Record<CaptchaErrorCode, number>> | undefined;
  /**
   * Other sentences for people, by code and language.
   * @default {}
   */
  readonly messages?: Partial<Record<CaptchaErrorCode, Partial<Record<CaptchaLanguage, string>>>> | undefined;
}

/** What stands beside the settings, never among what a factory yields. */
export interface NaverCaptchaModuleExtras {
  /**
   * Whether every module of the application may inject what this one exports.
   * @default true
   */
  readonly isGlobal?: boolean | undefined;
  /**
   * Mounts the routes a page needs; `true` does so at `/captcha`.
   * @default false
   */
  readonly routes?: CaptchaRoutesOptions | boolean | undefined;
}

/** A class that makes the settings, for `useClass` and `useExisting`. */
export interface NaverCaptchaOptionsFactory {
  createNaverCaptchaOptions(): Awaitable<NaverCaptchaModuleOptions>;
}
