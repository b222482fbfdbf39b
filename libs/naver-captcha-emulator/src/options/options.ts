import type { EmulatorKind } from '../protocol/call.js';
import type { EmulatorRequest } from '../store/request-log.js';

/** How pictures look; `mixed` draws `photo` or `flow` at random, as NAVER has two styles. */
export type EmulatorStyle = 'photo' | 'flow' | 'plain' | 'mixed';

/** The language of the spoken digits. */
export type EmulatorLang = 'ko' | 'en';

/** Options of the emulator. An explicit undefined means the default. */
export interface NaverCaptchaEmulatorOptions {
  /** TCP port; 0 takes a free one. @default 0 */
  readonly port?: number | undefined;
  /** Address to listen on. An address other than loopback can be reached from other machines, and warns. @default '127.0.0.1' */
  readonly host?: string | undefined;
  /**
   * Names under which browsers and clients may reach the page and `/__emulator/`, beside `localhost`, every IP address
   * and `host`; without port. Other names are refused, because DNS rebinding would let web pages read the answers.
   * NAVER's paths answer under every name. @default []
   */
  readonly allowedHosts?: readonly string[] | undefined;
  /** The client id callers must send. @default 'emulator-client-id' */
  readonly clientId?: string | undefined;
  /** The client secret callers must send. @default 'emulator-client-secret' */
  readonly clientSecret?: string | undefined;
  /** Same seed and same calls: same keys, answers, pictures and sounds. @default a random one, see `seed` of the emulator */
  readonly seed?: number | string | undefined;
  /** The current time in milliseconds since 1970. Tests pass their own clock. @default the system's clock */
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
  /** Comparisons of a key before it becomes invalid; Infinity for no limit. NAVER does not say. @default 1 */
  readonly comparisonsPerKey?: number | undefined;
  /** Whether `abc` is wrong for `ABC`. NAVER does not say. @default false */
  readonly caseSensitive?: boolean | undefined;
  /** HTTP status of a wrong answer. Existing clients read wrong answers from a 200 and from an error. @default 200 */
  readonly wrongAnswerStatus?: 200 | 403 | undefined;
  /** Whether `responseTime` is a number or a string: NAVER documents both. @default 'number' */
  readonly responseTimeType?: 'number' | 'string' | undefined;
  /** Whether audio comparisons return `responseTime`: NAVER's sample reply has none. @default false */
  readonly audioResponseTime?: boolean | undefined;
  /** Characters in a picture, 1 to 8: a number, or [least, most]. Answers of 5 and 7 were seen. @default [5, 7] */
  readonly answerLength?: number | readonly [number, number] | undefined;
  /** Digits in a sound, 1 to 10: a number, or [least, most]. @default 6 */
  readonly audioAnswerLength?: number | readonly [number, number] | undefined;
  /**
   * Calls per day and kind on `developers`; issuing and comparing count, fetching does not (documented). Starts again at
   * midnight in Seoul (inferred). Infinity for no limit. @default 1000
   */
  readonly dailyQuota?: number | undefined;
  /** The same on `ncloud`, where each application sets its own (documented). @default Infinity */
  readonly ncloudDailyQuota?: number | undefined;
  /**
   * Whether fetching on `ncloud` needs id and secret. NAVER documents both; public web pages load pictures by the key
   * alone (observed), so credentials are not looked at there. @default false
   */
  readonly ncloudFetchNeedsCredentials?: boolean | undefined;
  /** Calls per second before 429 `012`, or the gateway's `420`. NAVER names no number. @default Infinity */
  readonly rateLimitPerSecond?: number | undefined;
  /** Keys kept; the oldest are dropped first. @default 100000 */
  readonly maxKeys?: number | undefined;
  /** Requests kept in `requests`; the oldest are dropped first. @default 1000 */
  readonly maxRequests?: number | undefined;
  /** Called after every request to NAVER's paths, for a log. @default nothing */
  readonly onRequest?: ((request: EmulatorRequest) => void) | undefined;
}

/** The options after resolveOptions: checked, complete, frozen. NaverCaptchaEmulatorOptions says what each means. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  /** In lower case, with `host`. */
  readonly allowedHosts: readonly string[];
  readonly clientId: string;
  readonly clientSecret: string;
  readonly seed: string;
  readonly now: () => number;
  readonly lang: EmulatorLang;
  readonly style: EmulatorStyle;
  readonly kinds: readonly EmulatorKind[];
  readonly keyTtlMs: number;
  readonly comparisonsPerKey: number;
  readonly caseSensitive: boolean;
  readonly wrongAnswerStatus: 200 | 403;
  readonly responseTimeType: 'number' | 'string';
  readonly audioResponseTime: boolean;
  readonly answerLength: readonly [number, number];
  readonly audioAnswerLength: readonly [number, number];
  readonly dailyQuota: number;
  readonly ncloudDailyQuota: number;
  readonly ncloudFetchNeedsCredentials: boolean;
  readonly rateLimitPerSecond: number;
  readonly maxKeys: number;
  readonly maxRequests: number;
  readonly onRequest: ((request: EmulatorRequest) => void) | undefined;
}
