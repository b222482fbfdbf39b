import type { EmulatorKind } from '../calls/call.js';
import type { EmulatorRequest } from '../handle/emulator-request.js';

/** How pictures look; `mixed` deals `stripes` and `outline` at random, as NAVER does. */
export type EmulatorStyle = 'stripes' | 'outline' | 'plain' | 'mixed';

/** The language digits are spoken in. */
export type EmulatorLang = 'ko' | 'en';

/** Settings of the emulator. An explicit undefined means the default. */
export interface NaverCaptchaEmulatorOptions {
  /** TCP port; 0 takes a free one. @default 0 */
  readonly port?: number | undefined;
  /** Address to listen on. Anything but loopback lets other machines in, and warns. @default '127.0.0.1' */
  readonly host?: string | undefined;
  /** The client id callers must send. @default 'emulator-client-id' */
  readonly clientId?: string | undefined;
  /** The client secret callers must send. @default 'emulator-client-secret' */
  readonly clientSecret?: string | undefined;
  /** Same seed and same calls: same keys, answers, pictures and sounds. @default a random one, see `seed` of the emulator */
  readonly seed?: number | string | undefined;
  /** Time, in milliseconds since 1970. Tests hand in their own. @default the system's clock */
  readonly clock?: { now(): number } | undefined;
  /** Language of the spoken digits. @default 'ko' */
  readonly lang?: EmulatorLang | undefined;
  /** Style of the pictures. @default 'mixed' */
  readonly style?: EmulatorStyle | undefined;
  /** The CAPTCHA APIs ticked for the application. @default ['image', 'audio'] */
  readonly kinds?: readonly EmulatorKind[] | undefined;
  /**
   * Milliseconds from issuing a key to its expiry. NAVER does not say; its response time is documented up to two hours
   * and as -1 beyond, so keys outlive two hours. @default 10800000, three hours
   */
  readonly keyTtlMs?: number | undefined;
  /** Comparisons a key bears before it is invalid; Infinity for no end. NAVER does not say. @default 1 */
  readonly comparisonsPerKey?: number | undefined;
  /** Whether `abc` is wrong for `ABC`. NAVER does not say. @default false */
  readonly caseSensitive?: boolean | undefined;
  /** HTTP status of a wrong answer. Callers have been seen to read it from a 200 and from an error. @default 200 */
  readonly wrongAnswerStatus?: 200 | 403 | undefined;
  /** Whether `responseTime` is a number or a text: NAVER documents both. @default 'number' */
  readonly responseTimeType?: 'number' | 'string' | undefined;
  /** Whether audio comparisons tell `responseTime`: NAVER's sample reply leaves it out. @default false */
  readonly audioResponseTime?: boolean | undefined;
  /** Characters in a picture, 1 to 8: a number, or [least, most]. Answers of 5 and 7 were seen. @default [5, 7] */
  readonly answerLength?: number | readonly [number, number] | undefined;
  /** Digits in a sound, 1 to 10: a number, or [least, most]. @default 6 */
  readonly audioAnswerLength?: number | readonly [number, number] | undefined;
  /**
   * Calls a day and kind on `developers`; issuing and comparing count, fetching does not (documented). Starts again at
   * midnight in Seoul (inferred). Infinity for no end. @default 1000
   */
  readonly dailyQuota?: number | undefined;
  /** The same on `ncloud`, where each application sets its own (documented). @default Infinity */
  readonly ncloudDailyQuota?: number | undefined;
  /** Calls a second before 429 `012`, or the gateway's `420`. NAVER names no number. @default Infinity */
  readonly rateLimitPerSecond?: number | undefined;
  /** Keys remembered; the oldest are forgotten first. @default 100000 */
  readonly maxKeys?: number | undefined;
  /** Requests remembered; the oldest are forgotten first. @default 1000 */
  readonly maxRequests?: number | undefined;
  /** Called after every request to NAVER's paths, for a log. @default nothing */
  readonly onRequest?: ((request: EmulatorRequest) => void) | undefined;
}
