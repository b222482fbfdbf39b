import { validateSync } from 'class-validator';

import { PLATFORMS } from '../engines/naver/platforms.js';
import type { CaptchaAnswerNames, CaptchaRate, ResolvedCaptchaOptions } from '../types.js';
import { readEnvironment } from './environment.js';
import type { NaverCaptchaModuleOptions } from './naver-captcha-options.js';
import { OptionsSchema } from './options-schema.js';

/** What an option is where neither code nor environment say anything. */
export const DEFAULTS = {
  platform: 'developers',
  allowInsecureBaseUrl: false,
  timeoutMs: 3000,
  maxSockets: 64,
  keyTtlMs: 600_000,
  maxAttempts: 1,
  quotaReserve: 0.1,
  issueLimit: { limit: 10, windowMs: 60_000 },
  prefetch: false,
  onUnavailable: 'reject',
  keys: 'sealed',
  strip: true,
  bodyFields: { key: 'captchaKey', value: 'captchaValue' },
  headerNames: { key: 'x-captcha-key', value: 'x-captcha-value' },
  answerPattern: { image: /^[A-Za-z0-9]{1,16}$/, audio: /^[0-9]{1,16}$/ },
  statuses: {},
  messages: {},
} as const satisfies NaverCaptchaModuleOptions;

/**
 * Goes from what was given to what is used: the one way for `forRoot`, `forRootAsync` and the environment alike.
 * What was given is not changed.
 * @throws Error with every problem and its remedy, and never a secret
 */
export function resolveOptions(
  given: NaverCaptchaModuleOptions,
  environment: NodeJS.ProcessEnv,
): ResolvedCaptchaOptions {
  const untrusted: unknown = given;
  if (typeof untrusted !== 'object' || untrusted === null || Array.isArray(untrusted)) {
    const kind = untrusted === null ? 'null' : Array.isArray(untrusted) ? 'an array' : typeof untrusted;
    throw invalid([`The settings must be an object; ${kind} was given.`]);
  }
  const schema = new OptionsSchema();
  Object.assign(schema, DEFAULTS, readEnvironment(environment));
  Object.assign(
    schema,
    Object.fromEntries(Object.entries(untrusted).filter(([, value]) => value !== undefined)),
  );
  assertValid(schema, environment);
  return freeze(schema);
}

/** What the schema holds once it has no problem. */
type CheckedOptions = {
  readonly [K in keyof NaverCaptchaModuleOptions]-?: K extends
    'baseUrl' | 'dailyQuota' | 'httpService' | 'signingSecret' | 'store'
    ? NaverCaptchaModuleOptions[K]
    : NonNullable<NaverCaptchaModuleOptions[K]>;
};

function assertValid(
  schema: OptionsSchema,
  environment: NodeJS.ProcessEnv,
): asserts schema is CheckedOptions {
  const problems = [...listProblems(schema), ...contradictions(schema, environment)];
  if (problems.length > 0) throw invalid(problems);
}

function listProblems(schema: OptionsSchema): string[] {
  const errors = validateSync(schema, {
    whitelist: true,
    forbidNonWhitelisted: true,
    stopAtFirstError: true,
    validationError: { target: false, value: false },
  });
  return errors.flatMap(({ property, constraints = {} }) => {
    if (!('whitelistValidation' in constraints)) return Object.values(constraints);
    return property === 'isGlobal' || property === 'routes'
      ? [`${property} stands beside useFactory, useClass or useExisting, not among the settings they yield.`]
      : [`${property} is not an option; the README lists those there are.`];
  });
}

function contradictions(schema: OptionsSchema, environment: NodeJS.ProcessEnv): string[] {
  const problems: string[] = [];
  const { baseUrl, keys, signingSecret, allowInsecureBaseUrl } = schema;
  if (
    environment['NODE_ENV'] === 'production' &&
    allowInsecureBaseUrl !== true &&
    typeof baseUrl === 'string' &&
    URL.canParse(baseUrl) &&
    isReadableOnTheWay(new URL(baseUrl))
  ) {
    problems.push(
      'baseUrl (or NAVER_CAPTCHA_BASE_URL) is http: to another host, so the client secret would travel readable: ' +
        'use https:, or set allowInsecureBaseUrl.',
    );
  }
  if (keys === 'raw' && signingSecret !== undefined) {
    problems.push(
      "signingSecret (or NAVER_CAPTCHA_SIGNING_SECRET) has nothing to seal with keys: 'raw': leave one of them out.",
    );
  }
  for (const place of ['bodyFields', 'headerNames'] as const) {
    if (haveOneName(schema[place], DEFAULTS[place])) {
      problems.push(`${place} gives key and value one name, the defaults considered: let them differ.`);
    }
  }
  return problems;
}

function haveOneName(given: unknown, defaults: CaptchaAnswerNames): boolean {
  if (typeof given !== 'object' || given === null) return false;
  const { key, value }: Partial<Record<keyof CaptchaAnswerNames, unknown>> = given;
  // In headers case makes no difference, and in a body a difference of case alone is a slip as well.
  const fold = (name: unknown): unknown => (typeof name === 'string' ? name.toLowerCase() : name);
  return fold(key ?? defaults.key) === fold(value ?? defaults.value);
}

function isReadableOnTheWay({ protocol, hostname }: URL): boolean {
  const loopback = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
  return protocol === 'http:' && !loopback;
}

function invalid(problems: readonly string[]): Error {
  const error = new Error(
    `NaverCaptchaModule cannot start:\n${problems.map((line) => `  - ${line}`).join('\n')}`,
  );
  // The list is all there is to it: where it was found out would only hide it among file names.
  error.stack = `${error.name}: ${error.message}`;
  return error;
}

function freeze(given: CheckedOptions): ResolvedCaptchaOptions {
  const {
    clientId,
    clientSecret,
    platform,
    baseUrl,
    timeoutMs,
    maxSockets,
    keyTtlMs,
    maxAttempts,
    keys,
    strip,
  } = given;
  const [first = clientSecret, ...others] = [given.signingSecret ?? []].flat();
  const { statuses, messages } = given;
  const resolved: ResolvedCaptchaOptions = {
    clientId,
    clientSecret,
    platform,
    baseUrl: (baseUrl ?? PLATFORMS[platform].baseUrl).replace(/\/+$/, ''),
    timeoutMs,
    maxSockets,
    signingSecrets: Object.freeze([first, ...others] as const),
    keyTtlMs,
    maxAttempts,
    // Documented: 1,000 calls a day for each kind at NAVER Developers; NAVER Cloud's limit is the customer's own.
    dailyQuota: given.dailyQuota ?? (platform === 'developers' ? 1000 : undefined),
    quotaReserve: given.quotaReserve,
    issueLimit: rate(given.issueLimit, DEFAULTS.issueLimit),
    prefetch: given.prefetch && Object.freeze({ size: given.prefetch.size }),
    onUnavailable: given.onUnavailable,
    keys,
    strip,
    bodyFields: names(given.bodyFields, DEFAULTS.bodyFields),
    headerNames: lowerCase(names(given.headerNames, DEFAULTS.headerNames)),
    answerPattern: Object.freeze({
      image: stateless(given.answerPattern.image ?? DEFAULTS.answerPattern.image),
      audio: stateless(given.answerPattern.audio ?? DEFAULTS.answerPattern.audio),
    }),
    statuses: Object.freeze({ ...statuses }),
    messages: Object.freeze(
      Object.fromEntries(
        Object.entries(messages).map(([code, texts]) => [code, Object.freeze({ ...texts })]),
      ),
    ),
  };
  Object.defineProperty(resolved, 'clientSecret', { enumerable: false });
  Object.defineProperty(resolved, 'signingSecrets', { enumerable: false });
  return Object.freeze(resolved);
}

function names(
  given: Partial<CaptchaAnswerNames> | false,
  defaults: CaptchaAnswerNames,
): CaptchaAnswerNames | false {
  if (given === false) return false;
  return Object.freeze({ key: given.key ?? defaults.key, value: given.value ?? defaults.value });
}

function rate(given: Partial<CaptchaRate> | false, defaults: CaptchaRate): CaptchaRate | false {
  if (given === false) return false;
  return Object.freeze({
    limit: given.limit ?? defaults.limit,
    windowMs: given.windowMs ?? defaults.windowMs,
  });
}

/** Node gives the names of headers in lower case. */
function lowerCase(given: CaptchaAnswerNames | false): CaptchaAnswerNames | false {
  return given && Object.freeze({ key: given.key.toLowerCase(), value: given.value.toLowerCase() });
}

/** With these two flags a regular expression remembers where it stopped, and refuses every other answer. */
function stateless({ source, flags }: RegExp): RegExp {
  return new RegExp(source, flags.replaceAll(/[gy]/g, ''));
}
