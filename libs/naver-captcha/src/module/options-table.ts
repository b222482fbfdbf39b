import type { HttpService } from '@nestjs/axios';

import { PLATFORMS } from '../engines/naver/platforms.js';
import type { CaptchaStandby } from '../engines/standby/standby.engine.js';
import { CAPTCHA_ERRORS } from '../error-texts.js';
import { NAVER_KEY_LIFETIME_MS } from '../naver-facts.js';
import type { CaptchaStore } from '../store/captcha-store.js';
import type { CaptchaAnswerNames, CaptchaRate, OnCaptchaUnavailable } from '../types.js';
import { isObject, isRecord } from '../unknown-values.js';
import { parseProxy, PROXY_REMEDY } from './forward-proxy.js';
import type { NaverCaptchaModuleOptions } from './naver-captcha-options.js';
import {
  type Check,
  DEFAULT_PRESSURE,
  integer,
  isNetwork,
  withDefaults,
  namesOf,
  oneOf,
  orFalse,
  orInfinity,
  parseBaseUrl,
  parseEngines,
  parsePace,
  parsePattern,
  parsePrefetch,
  parsePressure,
  parseSecrets,
  partial,
  text,
  trueOrFalse,
  when,
  wholeNumber,
} from './option-checks.js';

/*
 * To add an option, add an entry here and a documented field to NaverCaptchaModuleOptions, in the same place of the
 * order; nothing else in module/ changes. The compiler refuses a field without an entry and an entry without a field,
 * and a test compares both with the tables of the READMEs. An option that other folders read also needs its field in
 * ResolvedCaptchaOptions (types.ts), as they cannot import from module/.
 */

/** One option: its check with the remedy, and where its value comes from if the code gives none. */
export interface Option<T> extends Check<T> {
  /** The environment variable, read if the code gives no value. */
  readonly variable?: `NAVER_CAPTCHA_${string}`;
  /** The value if neither code nor environment give one; frozen, as every module shares it. */
  readonly default?: T;
  /** True if no error may show the value. */
  readonly isSecret?: true;
  /** The module cannot start without the option: where to find its value. */
  readonly required?: string;
}

const PORTAL =
  'find it at developers.naver.com under "내 애플리케이션", or in the NAVER Cloud console under "AI·NAVER API"';

const ISSUE_LIMIT: CaptchaRate = Object.freeze({ limit: 10, windowMs: 60_000 });
const NO_NETWORKS: readonly string[] = Object.freeze([]);
const BODY_FIELDS: CaptchaAnswerNames = Object.freeze({ key: 'captchaKey', value: 'captchaValue' });
const HEADER_NAMES: CaptchaAnswerNames = Object.freeze({ key: 'x-captcha-key', value: 'x-captcha-value' });
const ANSWER_PATTERN = Object.freeze({ image: /^[A-Za-z0-9]{1,16}$/, audio: /^[0-9]{1,16}$/ });

const STORE_METHODS = ['take', 'release', 'get', 'set', 'delete'] as const satisfies (keyof CaptchaStore)[];
const CODES = namesOf(CAPTCHA_ERRORS);
const PLATFORM_NAMES = namesOf(PLATFORMS);

/** Printable ASCII, as in an HTTP header. */
const credential: Check<string> & { readonly isSecret: true } = {
  parse: text(/^[\x21-\x7e]{1,200}$/),
  remedy: 'must be 1 to 200 visible ASCII characters without spaces',
  isSecret: true,
};

const answerName = text(/^[\w.-]{1,64}$/);
const answerNamesRemedy = 'must be false or { key, value }: names of letters, digits, "_", "." and "-"';

const TABLE = {
  clientId: { ...credential, variable: 'NAVER_CAPTCHA_CLIENT_ID', required: PORTAL },
  clientSecret: { ...credential, variable: 'NAVER_CAPTCHA_CLIENT_SECRET', required: PORTAL },
  platform: {
    parse: oneOf(PLATFORM_NAMES),
    remedy: `must be one of ${PLATFORM_NAMES.join(', ')}`,
    variable: 'NAVER_CAPTCHA_PLATFORM',
    default: 'developers',
  },
  baseUrl: {
    parse: parseBaseUrl,
    remedy:
      'must be an http: or https: URL without user, query and fragment, for example http://127.0.0.1:4010; leave it out to call NAVER',
    variable: 'NAVER_CAPTCHA_BASE_URL',
  },
  proxy: {
    parse: parseProxy,
    remedy: PROXY_REMEDY,
    isSecret: true,
    variable: 'NAVER_CAPTCHA_PROXY',
  },
  timeoutMs: {
    ...wholeNumber(1, 60_000, ' of milliseconds'),
    variable: 'NAVER_CAPTCHA_TIMEOUT_MS',
    default: 3000,
  },
  signingSecret: {
    parse: parseSecrets,
    remedy:
      'must be 1 to 4 different secrets of at least 32 characters each: make one with ' +
      '`openssl rand -base64 33`, or leave it out to derive one from the client secret',
    isSecret: true,
    fromText: (list) => list.split(',').map((secret) => secret.trim()),
    variable: 'NAVER_CAPTCHA_SIGNING_SECRET',
  },
  keyTtlMs: {
    ...wholeNumber(10_000, NAVER_KEY_LIFETIME_MS, ' of milliseconds'),
    variable: 'NAVER_CAPTCHA_KEY_TTL_MS',
    default: 600_000,
  },
  maxAttempts: { ...wholeNumber(1, 10), variable: 'NAVER_CAPTCHA_MAX_ATTEMPTS', default: 1 },
  dailyQuota: {
    ...orInfinity(wholeNumber(1, 100_000_000, ' of calls'), 'for no limit'),
    variable: 'NAVER_CAPTCHA_DAILY_QUOTA',
  },
  pace: {
    parse: parsePace,
    remedy: 'must be true, false or { headroom }: a share of the quota from 0.01 to 1',
  },
  issueLimit: {
    parse: orFalse(withDefaults(ISSUE_LIMIT, integer(1))),
    remedy: 'must be false or { limit, windowMs }: a whole number of challenges, and of milliseconds',
    default: ISSUE_LIMIT,
  },
  pressure: {
    parse: parsePressure,
    remedy:
      'must be { free, raisedFrom, highFrom, refusedFrom, raise }: whole numbers from 1, the last three not falling, and a function',
    default: DEFAULT_PRESSURE,
  },
  refusedNetworks: {
    parse: when(
      (given): given is readonly string[] =>
        Array.isArray(given) && given.every((network) => typeof network === 'string' && isNetwork(network)),
    ),
    remedy: 'must be a list of networks in CIDR notation, such as 203.0.113.0/24 or 2001:db8::/32',
    default: NO_NETWORKS,
  },
  prefetch: {
    parse: orFalse(parsePrefetch),
    remedy: 'must be false or { size }: a whole number of pictures from 1 to 100',
    default: false,
  },
  standby: {
    parse: when((given): given is CaptchaStandby => isObject(given) && typeof given['load'] === 'function'),
    remedy: "must be standbyEngine() of 'nestjs-naver-captcha/standby'",
  },
  engines: {
    parse: parseEngines,
    remedy: "must be ['naver'], ['naver', 'standby'] or ['standby']",
  },
  onUnavailable: {
    parse: when(
      (given): given is OnCaptchaUnavailable =>
        given === 'reject' || given === 'allow' || typeof given === 'function',
    ),
    remedy: "must be 'reject', 'allow' or a function that returns one of them",
    default: 'reject',
  },
  keys: {
    parse: oneOf(['sealed', 'raw']),
    remedy: "must be 'sealed' or 'raw'",
    default: 'sealed',
  },
  store: {
    parse: when(
      (given): given is CaptchaStore =>
        isObject(given) && STORE_METHODS.every((method) => typeof given[method] === 'function'),
    ),
    remedy: `must be a CaptchaStore, with the methods ${STORE_METHODS.join(', ')}`,
    isSecret: true,
  },
  strip: { ...trueOrFalse, default: true },
  bodyFields: {
    parse: orFalse(withDefaults(BODY_FIELDS, answerName)),
    remedy: answerNamesRemedy,
    default: BODY_FIELDS,
  },
  headerNames: {
    // Node.js gives the names of headers in lower case.
    parse: orFalse(withDefaults(HEADER_NAMES, (given) => answerName(given)?.toLowerCase())),
    remedy: answerNamesRemedy,
    default: HEADER_NAMES,
  },
  statuses: {
    parse: partial(CODES, integer(400, 599)),
    remedy: `must give a status from 400 to 599 to any of ${CODES.join(', ')}`,
    default: Object.freeze({}),
  },
  messages: {
    parse: partial(CODES, partial(['ko', 'en'], text(/./s))),
    remedy: `must give { ko, en } to any of ${CODES.join(', ')}`,
    default: Object.freeze({}),
  },
  allowInsecureBaseUrl: { ...trueOrFalse, default: false },
  maxSockets: { ...wholeNumber(1, 1024), default: 64 },
  httpService: {
    isSecret: true,
    parse: when((given): given is HttpService => isRecord(given) && typeof given['request'] === 'function'),
    remedy:
      'must be the HttpService of @nestjs/axios: NaverCaptchaModule.forRootAsync({ imports: [HttpModule], ' +
      'inject: [HttpService], useFactory: (httpService: HttpService) => ({ httpService }) })',
  },
  answerPattern: {
    parse: withDefaults(ANSWER_PATTERN, parsePattern),
    remedy: 'must be { image, audio } of regular expressions',
    default: ANSWER_PATTERN,
  },
} satisfies {
  readonly [K in keyof NaverCaptchaModuleOptions]-?: Option<NonNullable<NaverCaptchaModuleOptions[K]>>;
};

type Table = typeof TABLE;
export type OptionName = keyof Table;

/** The type of each option's value once it is checked. */
export type OptionValues = {
  readonly [K in OptionName]: Exclude<ReturnType<Table[K]['parse']>, undefined>;
};

/** Every option once it is checked; only those that are neither required nor have a default can be undefined. */
export type CheckedOptions = {
  readonly [K in OptionName]: Table[K] extends { default: unknown } | { required: string }
    ? OptionValues[K]
    : OptionValues[K] | undefined;
};

export const OPTIONS: { readonly [K in OptionName]: Option<OptionValues[K]> } = TABLE;
