import type { HttpService } from '@nestjs/axios';

import type { CaptchaStandby } from '../engines/standby/standby.engine.js';
import type { CaptchaRoutesOptions } from '../routes/captcha-routes-options.js';
import type { CaptchaStore } from '../store/captcha-store.js';
import type {
  Awaitable,
  CaptchaAnswerNames,
  CaptchaMediaEngineName,
  CaptchaErrorCode,
  CaptchaMediaKind,
  CaptchaLanguage,
  CaptchaPace,
  CaptchaPrefetch,
  CaptchaPressureLimits,
  CaptchaRate,
  NaverPlatform,
  OnCaptchaUnavailable,
} from '../types.js';

/**
 * The options of the module. A field that is left out, or `undefined`, has the value of its environment variable if it
 * has one, and otherwise its default. The application does not start with a missing, malformed or contradictory option.
 */
export interface NaverCaptchaModuleOptions {
  /**
   * The client id that NAVER issued for this application.
   * @default NAVER_CAPTCHA_CLIENT_ID; required, unless `engines` is `['standby']`
   */
  readonly clientId?: string | undefined;
  /**
   * The client secret that NAVER issued for this application.
   * @default NAVER_CAPTCHA_CLIENT_SECRET; required, unless `engines` is `['standby']`
   */
  readonly clientSecret?: string | undefined;
  /**
   * Which of NAVER's sites issued the credentials.
   * @default 'developers'
   */
  readonly platform?: NaverPlatform | undefined;
  /**
   * The URL that calls to NAVER go to; set it to use an emulator.
   * @default the platform's
   */
  readonly baseUrl?: string | undefined;
  /**
   * The URL of the forward proxy that calls to NAVER go through, with user and password if it wants them. Without the
   * option `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` hold, except for a `baseUrl` on this machine.
   * @default undefined
   */
  readonly proxy?: string | undefined;
  /**
   * Milliseconds that one call to NAVER may take, including waiting for a socket, connecting and reading the body.
   * @default 3000
   */
  readonly timeoutMs?: number | undefined;
  /**
   * The secret that seals keys: at least 32 characters, or a list of up to 4 such secrets for rotation. The first one
   * seals, and all of them open.
   * @default the client secret; required if `engines` is `['standby']`
   */
  readonly signingSecret?: string | readonly string[] | undefined;
  /**
   * Milliseconds after which a key expires.
   * @default 600000
   */
  readonly keyTtlMs?: number | undefined;
  /**
   * How many answers a key may get. A key passes only once, whatever the number. More than 1 has no use where NAVER
   * compares a key only once, which it does not document: the second answer costs a call and ends as expired.
   * @default 1
   */
  readonly maxAttempts?: number | undefined;
  /**
   * Calls to NAVER a day for each kind. They are counted before they are made, and no more are made than that.
   * `Infinity` sets no limit. Required on `ncloud*`, where each call is billed.
   * @default the platform's: 1000 on `developers`; required on `ncloud*`
   */
  readonly dailyQuota?: number | undefined;
  /**
   * Spends the day's quota evenly: the share `headroom` (0.25 with `true`) right after midnight in Korea, and the rest over
   * the day. A flood then takes what may be used by then, and cannot take the rest of the day. Challenges beyond the pace
   * are made by the standby; without one they get `CAPTCHA_TOO_MANY` with a `Retry-After` of minutes. Needs a store with
   * `pop`, as the two of this library have.
   * @default the standby's: `true` with one, otherwise `false`
   */
  readonly pace?: Partial<CaptchaPace> | boolean | undefined;
  /**
   * How many challenges one `by` (the client's address, with `routes`) may request within a time; `false` sets no limit.
   * @default { limit: 10, windowMs: 60000 }
   */
  readonly issueLimit?: Partial<CaptchaRate> | false | undefined;
  /**
   * From when on a household pays tolls, work that its browser does before it gets a challenge, and from when on it gets
   * none. `free` is the number of challenges an hour without a toll; the other three count wrong answers twice, less the
   * right ones, within an hour. `raise` is a function of the request that raises its pressure.
   * @default { free: 20, raisedFrom: 6, highFrom: 12, refusedFrom: 18 }
   */
  readonly pressure?: Partial<CaptchaPressureLimits> | undefined;
  /**
   * Networks, in CIDR notation such as `203.0.113.0/24`, whose addresses get no challenges: a 429 instead.
   * @default []
   */
  readonly refusedNetworks?: readonly string[] | undefined;
  /**
   * How many pictures each process keeps ready, 1 to 100, so that a page does not wait for NAVER; `false` for none.
   * Each picture costs one call of the day's quota, and so does its replacement after an hour. NAVER measures the
   * response time from when a picture was fetched, so `responseTimeSeconds` includes the time it was kept ready.
   * @default false
   */
  readonly prefetch?: CaptchaPrefetch | false | undefined;
  /**
   * `standbyEngine()` of `nestjs-naver-captcha/standby`: pictures and sounds of our own, which visitors get within the
   * same request if NAVER cannot issue a challenge. It needs the package `captcha-media`.
   * @default undefined
   */
  readonly standby?: CaptchaStandby | undefined;
  /**
   * Who makes challenges: NAVER, with the standby behind it if there is one, or with `['standby']` the standby alone,
   * without NAVER and without credentials; `signingSecret` and `standby` are then required. `['naver']` leaves a standby
   * that is given unused.
   * @default the engines that are given: ['naver'], with `standby` ['naver', 'standby']
   */
  readonly engines?: readonly CaptchaMediaEngineName[] | undefined;
  /**
   * What to do with a request while NAVER is unavailable: `reject`, `allow`, or a function that returns one of them.
   * At most 10 requests of one household (an IPv4 address or an IPv6 /64) are let through in a minute. With a standby it
   * decides only about keys of NAVER that are already out.
   * @default 'reject'
   */
  readonly onUnavailable?: OnCaptchaUnavailable | undefined;
  /**
   * `raw` accepts NAVER's own keys, for applications whose keys are issued elsewhere; forged keys then reach NAVER, over
   * HTTP as often as `issueLimit` allows the client's address.
   * @default 'sealed'
   */
  readonly keys?: 'sealed' | 'raw' | undefined;
  /**
   * Where used keys and counts are remembered.
   * @default new MemoryCaptchaStore()
   */
  readonly store?: CaptchaStore | undefined;
  /**
   * Removes the two fields of the answer from the body of a request that is let through.
   * @default true
   */
  readonly strip?: boolean | undefined;
  /**
   * The names of the answer's fields in a body, a message or GraphQL's arguments; `false` does not look there.
   * @default { key: 'captchaKey', value: 'captchaValue' }
   */
  readonly bodyFields?: Partial<CaptchaAnswerNames> | false | undefined;
  /**
   * The names of the answer's headers; `false` does not look there.
   * @default { key: 'x-captcha-key', value: 'x-captcha-value' }
   */
  readonly headerNames?: Partial<CaptchaAnswerNames> | false | undefined;
  /**
   * Other HTTP statuses, 400 to 599, by code.
   * @default {}
   */
  readonly statuses?: Partial<Record<CaptchaErrorCode, number>> | undefined;
  /**
   * Other sentences for visitors, by code and language.
   * @default {}
   */
  readonly messages?: Partial<Record<CaptchaErrorCode, Partial<Record<CaptchaLanguage, string>>>> | undefined;

  // Advanced: hardly any application sets these.

  /**
   * Lets the application start in production with a `baseUrl` of `http:` on another host, which sends the client secret
   * unencrypted. For a network whose encryption is done elsewhere, such as by a service mesh.
   * @default false
   */
  readonly allowInsecureBaseUrl?: boolean | undefined;
  /**
   * Sockets to NAVER, kept open between calls; pictures and sounds use at most three quarters of them. Up to 256 more calls wait for a socket, and further calls are refused. At
   * 50 ms a call, 64 sockets carry 1,280 calls a second. For a process that makes more calls than that, or that may
   * open fewer connections.
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
   * The form of an answer to NAVER's challenges after NFKC and trim; any other answer is refused without a call to NAVER.
   * For the day NAVER changes the characters or the length of its answers.
   * @default { image: /^[A-Za-z0-9]{1,16}$/, audio: /^[0-9]{1,16}$/ }
   */
  readonly answerPattern?: Partial<Record<CaptchaMediaKind, RegExp>> | undefined;
}

/** Stands beside the options, never in what a factory returns. */
export interface NaverCaptchaModuleExtras {
  /**
   * Whether every module of the application can inject what this module exports.
   * @default true
   */
  readonly isGlobal?: boolean | undefined;
  /**
   * Adds the routes that a page needs; `true` adds them at `/captcha`.
   * @default false
   */
  readonly routes?: CaptchaRoutesOptions | boolean | undefined;
}

/** A class that creates the options, for `useClass` and `useExisting`. */
export interface NaverCaptchaOptionsFactory {
  createNaverCaptchaOptions(): Awaitable<NaverCaptchaModuleOptions>;
}
