import {
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  Matches,
  Max,
  Min,
  ValidateBy,
} from 'class-validator';

import { CAPTCHA_ERRORS } from '../errors.js';
import { PLATFORMS } from '../engines/naver/platforms.js';
import { ENVIRONMENT_VARIABLES } from './environment.js';

// Messages name the option, its variable and the remedy, and never the value: it may be a secret.
const named = (option: keyof typeof ENVIRONMENT_VARIABLES): string =>
  `${option} (or ${ENVIRONMENT_VARIABLES[option]})`;

const PORTAL =
  'find it at developers.naver.com under "내 애플리케이션", or in the NAVER Cloud console under "AI·NAVER API"';
/** What can stand in an HTTP header. */
const CREDENTIAL = /^[\x21-\x7e]{1,200}$/;
const LANGUAGES = ['ko', 'en'];
const STORE_METHODS = ['take', 'release', 'get', 'set', 'delete'];

/** A rule of this file's own: a test and the sentence for those who fail it. */
function Holds(test: (value: unknown) => boolean, message: string): PropertyDecorator {
  return ValidateBy({ name: 'holds', validator: { validate: test } }, { message });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function everyEntry(value: unknown, keys: readonly string[], test: (entry: unknown) => boolean): boolean {
  return (
    isRecord(value) &&
    Object.entries(value).every(([key, entry]) => keys.includes(key) && (entry === undefined || test(entry)))
  );
}

function isSecretList(value: unknown): boolean {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return (
    list.length >= 1 &&
    list.length <= 4 &&
    list.every((secret) => typeof secret === 'string' && secret.length >= 32) &&
    new Set(list).size === list.length
  );
}

function isBaseUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const url = new URL(value);
  return (
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    url.username + url.password === '' &&
    !/[?#]/.test(value)
  );
}

const isPoolSize = (value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 100;

const isFieldNames = (value: unknown): boolean =>
  value === false ||
  everyEntry(value, ['key', 'value'], (name) => typeof name === 'string' && /^[\w.-]{1,64}$/.test(name));

const CODES = Object.keys(CAPTCHA_ERRORS);

/** What settings must look like, after those of the code and of the environment were laid over each other. */
export class OptionsSchema {
  @IsDefined({ message: `${named('clientId')} is missing: ${PORTAL}.` })
  @Matches(CREDENTIAL, {
    message: `${named('clientId')} must be 1 to 200 visible ASCII characters without spaces.`,
  })
  clientId: unknown;

  @IsDefined({ message: `${named('clientSecret')} is missing: ${PORTAL}.` })
  @Matches(CREDENTIAL, {
    message: `${named('clientSecret')} must be 1 to 200 visible ASCII characters without spaces.`,
  })
  clientSecret: unknown;

  @IsIn(Object.keys(PLATFORMS), {
    message: `${named('platform')} must be one of ${Object.keys(PLATFORMS).join(', ')}.`,
  })
  platform: unknown;

  @IsOptional()
  @Holds(
    isBaseUrl,
    `${named('baseUrl')} must be an http: or https: URL without user, query and fragment; leave it out to reach NAVER.`,
  )
  baseUrl: unknown;

  @IsBoolean({ message: 'allowInsecureBaseUrl must be true or false.' })
  allowInsecureBaseUrl: unknown;

  @IsInt({ message: range('timeoutMs', 1, 60_000, ' of milliseconds') })
  @Min(1, { message: range('timeoutMs', 1, 60_000, ' of milliseconds') })
  @Max(60_000, { message: range('timeoutMs', 1, 60_000, ' of milliseconds') })
  timeoutMs: unknown;

  @IsInt({ message: 'maxSockets must be a whole number from 1 to 1024.' })
  @Min(1, { message: 'maxSockets must be a whole number from 1 to 1024.' })
  @Max(1024, { message: 'maxSockets must be a whole number from 1 to 1024.' })
  maxSockets: unknown;

  @IsOptional()
  @Holds(
    (value) => isRecord(value) && typeof value['request'] === 'function',
    'httpService must be the HttpService of @nestjs/axios: NaverCaptchaModule.forRootAsync({ imports: [HttpModule], ' +
      'inject: [HttpService], useFactory: (httpService: HttpService) => ({ httpService }) }).',
  )
  httpService: unknown;

  @IsOptional()
  @Holds(
    isSecretList,
    `${named('signingSecret')} must be 1 to 4 different secrets of at least 32 characters each: make one with ` +
      '`openssl rand -base64 33`, or leave it out to derive one from the client secret.',
  )
  signingSecret: unknown;

  @IsInt({ message: range('keyTtlMs', 10_000, 7_200_000, ' of milliseconds') })
  @Min(10_000, { message: range('keyTtlMs', 10_000, 7_200_000, ' of milliseconds') })
  @Max(7_200_000, { message: range('keyTtlMs', 10_000, 7_200_000, ' of milliseconds') })
  keyTtlMs: unknown;

  @IsInt({ message: range('maxAttempts', 1, 10) })
  @Min(1, { message: range('maxAttempts', 1, 10) })
  @Max(10, { message: range('maxAttempts', 1, 10) })
  maxAttempts: unknown;

  @IsOptional()
  @IsInt({ message: range('dailyQuota', 1, 100_000_000, ' of calls') })
  @Min(1, { message: range('dailyQuota', 1, 100_000_000, ' of calls') })
  @Max(100_000_000, { message: range('dailyQuota', 1, 100_000_000, ' of calls') })
  dailyQuota: unknown;

  @IsNumber({}, { message: 'quotaReserve must be a number from 0 to 0.9.' })
  @Min(0, { message: 'quotaReserve must be a number from 0 to 0.9.' })
  @Max(0.9, { message: 'quotaReserve must be a number from 0 to 0.9.' })
  quotaReserve: unknown;

  @Holds(
    (value) =>
      value === false ||
      everyEntry(
        value,
        ['limit', 'windowMs'],
        (count) => typeof count === 'number' && Number.isInteger(count) && count >= 1,
      ),
    'issueLimit must be false or { limit, windowMs }: a whole number of challenges, and of milliseconds.',
  )
  issueLimit: unknown;

  @Holds(
    (value) =>
      value === false ||
      (isRecord(value) && Object.keys(value).join() === 'size' && isPoolSize(value['size'])),
    'prefetch must be false or { size }: a whole number of pictures from 1 to 100.',
  )
  prefetch: unknown;

  @Holds(
    (value) => value === 'reject' || value === 'allow' || typeof value === 'function',
    "onUnavailable must be 'reject', 'allow' or a function that yields one of them.",
  )
  onUnavailable: unknown;

  @IsIn(['sealed', 'raw'], { message: "keys must be 'sealed' or 'raw'." })
  keys: unknown;

  @IsOptional()
  @Holds(
    (value) => isRecord(value) && STORE_METHODS.every((method) => typeof value[method] === 'function'),
    `store must be a CaptchaStore, with the methods ${STORE_METHODS.join(', ')}.`,
  )
  store: unknown;

  @IsBoolean({ message: 'strip must be true or false.' })
  strip: unknown;

  @Holds(
    isFieldNames,
    'bodyFields must be false or { key, value }: names of letters, digits, "_", "." and "-".',
  )
  bodyFields: unknown;

  @Holds(
    isFieldNames,
    'headerNames must be false or { key, value }: names of letters, digits, "_", "." and "-".',
  )
  headerNames: unknown;

  @Holds(
    (value) =>
      !(value instanceof RegExp) &&
      everyEntry(value, ['image', 'audio'], (pattern) => pattern instanceof RegExp),
    'answerPattern must be { image, audio } of regular expressions.',
  )
  answerPattern: unknown;

  @Holds(
    (value) =>
      everyEntry(
        value,
        CODES,
        (status) => typeof status === 'number' && Number.isInteger(status) && status >= 400 && status <= 599,
      ),
    `statuses must give a status from 400 to 599 to any of ${CODES.join(', ')}.`,
  )
  statuses: unknown;

  @Holds(
    (value) =>
      everyEntry(value, CODES, (texts) =>
        everyEntry(texts, LANGUAGES, (text) => typeof text === 'string' && text !== ''),
      ),
    `messages must give { ko, en } to any of ${CODES.join(', ')}.`,
  )
  messages: unknown;
}

function range(option: keyof typeof ENVIRONMENT_VARIABLES, from: number, to: number, unit = ''): string {
  return `${named(option)} must be a whole number${unit} from ${from} to ${to}.`;
}
