import { PLATFORMS } from '../engines/naver/platforms.js';
import type {
  CaptchaAnswerNames,
  CaptchaMediaEngineName,
  CaptchaForwardProxy,
  ResolvedCaptchaOptions,
} from '../types.js';
import { isRecord } from '../unknown-values.js';
import { findProxies, isLoopback } from './forward-proxy.js';
import { describeGiven } from './given-value.js';
import type { NaverCaptchaModuleExtras, NaverCaptchaModuleOptions } from './naver-captcha-options.js';
import { nearestName } from './nearest-name.js';
import { DEFAULT_PACE, namesOf } from './option-checks.js';
import { type CheckedOptions, type OptionName, OPTIONS, type OptionValues } from './options-table.js';

/** What code and environment give, not checked yet. */
type Found = Partial<Record<OptionName, unknown>>;
/** The values of the valid options. */
type Valid<K extends OptionName = OptionName> = { [N in K]?: OptionValues[N] | undefined };

const NAMES = namesOf(OPTIONS);
const EXTRAS: readonly (keyof NaverCaptchaModuleExtras)[] = ['isGlobal', 'routes'];

/** The secret that the emulator has by default, as its README says. */
const EMULATOR_SECRET = 'emulator-client-secret';
const EMULATOR_HINT =
  'To develop without credentials, start the emulator with `npx naver-captcha-emulator --port 4010` and set ' +
  'NAVER_CAPTCHA_BASE_URL=http://127.0.0.1:4010, NAVER_CAPTCHA_CLIENT_ID=emulator-client-id and ' +
  `NAVER_CAPTCHA_CLIENT_SECRET=${EMULATOR_SECRET}.`;

/**
 * Turns the given options into those the library uses, for `forRoot`, `forRootAsync` and the environment alike. Does
 * not change what was given.
 * @throws Error with every problem and its remedy, and never the value of an option that may be a secret
 */
export function resolveOptions(
  given: NaverCaptchaModuleOptions,
  environment: NodeJS.ProcessEnv,
): ResolvedCaptchaOptions {
  const { known, others } = sortByName(entriesOf(given));
  const { found: ofEnvironment, quoted } = readEnvironment(environment);
  const found: Found = { ...ofEnvironment, ...known };
  const valid: Valid = {};
  // Checked first, because without NAVER no credentials are required.
  check('engines', found.engines, valid);
  const withoutNaver = valid.engines?.includes('naver') === false;
  const problems = [
    ...quoted.flatMap((name) => (known[name] === undefined ? describeQuoted(name) : [])),
    ...NAMES.flatMap((name) => check(name, found[name], valid, withoutNaver) ?? []),
    ...others.map(describeUnknown),
    ...(withoutNaver ? [] : contradictionsOfNaver(found, valid, environment)),
    ...contradictions(found, valid),
    ...standbyProblems(found, valid),
  ];
  if (withoutNaver) {
    valid.clientId ??= '';
    valid.clientSecret ??= '';
  }
  if (problems.length > 0 || !isComplete(valid)) {
    const { clientId, clientSecret } = found;
    const needsHint =
      !withoutNaver && (clientId ?? clientSecret) === undefined && environment['NODE_ENV'] !== 'production';
    throw cannotStart(problems, needsHint ? EMULATOR_HINT : undefined);
  }
  const { proxy, problems: ofProxies } = findProxies(baseUrlOf(valid), valid.proxy, environment);
  if (ofProxies.length > 0) throw cannotStart(ofProxies);
  return complete(valid, proxy);
}

function entriesOf(given: unknown): [string, unknown][] {
  if (isRecord(given)) return Object.entries(given);
  const kind = given === null ? 'null' : Array.isArray(given) ? 'an array' : typeof given;
  throw cannotStart([
    `The options must be an object; ${kind} was given. Let useFactory or createNaverCaptchaOptions() return the options, ` +
      'or {} to take all of them from the environment.',
  ]);
}

function sortByName(entries: readonly [string, unknown][]): { known: Found; others: string[] } {
  const known: Found = {};
  const others: string[] = [];
  for (const [given, value] of entries) {
    // An explicit undefined is as if the option were left out.
    if (value === undefined) continue;
    const name = NAMES.find((option) => option === given);
    if (name === undefined) others.push(given);
    else known[name] = value;
  }
  return { known, others };
}

/**
 * An empty variable is an unset one. `docker --env-file` keeps the quotation marks around a value: such variables are
 * `quoted`, and read without them, so that each has one problem.
 */
function readEnvironment(environment: NodeJS.ProcessEnv): { found: Found; quoted: OptionName[] } {
  const found: Found = {};
  const quoted: OptionName[] = [];
  for (const name of NAMES) {
    const { variable, fromText } = OPTIONS[name];
    const text = variable === undefined ? '' : (environment[variable]?.trim() ?? '');
    if (text === '') continue;
    const { inner = text } = /^(["'])(?<inner>.*)\1$/s.exec(text)?.groups ?? {};
    if (inner !== text) quoted.push(name);
    if (inner !== '') found[name] = fromText ? fromText(inner) : inner;
  }
  return { found, quoted };
}

function describeQuoted(name: OptionName): string {
  return `${OPTIONS[name].variable ?? name} begins and ends with a quotation mark: remove both.`;
}

/** Puts the option among the valid ones. Returns undefined if that worked, and else the problem. */
function check<K extends OptionName>(
  name: K,
  found: unknown,
  valid: Valid<K>,
  withoutNaver = false,
): string | undefined {
  const { parse, remedy, required, isSecret, default: byDefault } = OPTIONS[name];
  // null leaves out an option without default, such as a store that only some environments have.
  if (found === undefined || (found === null && byDefault === undefined)) {
    valid[name] = byDefault;
    return withoutNaver ? undefined : required && `${label(name)} is missing: ${required}.`;
  }
  valid[name] = parse(found);
  if (valid[name] !== undefined) return undefined;
  const given = isSecret ? undefined : describeGiven(found);
  return `${label(name)} ${remedy}${given === undefined ? '' : `; ${given}`}.`;
}

function label(name: OptionName): string {
  const { variable } = OPTIONS[name];
  return variable === undefined ? name : `${name} (or ${variable})`;
}

function describeUnknown(name: string): string {
  if (EXTRAS.some((extra) => extra === name)) {
    return `${name} belongs beside useFactory, useClass or useExisting, not in the options they return.`;
  }
  const nearest = nearestName(name, [...NAMES, ...EXTRAS]);
  return nearest === undefined
    ? `${name} is not an option; the README lists all options.`
    : `${name} is not an option: did you mean ${nearest}?`;
}

function contradictionsOfNaver(found: Found, valid: Valid, environment: NodeJS.ProcessEnv): string[] {
  const problems: string[] = [];
  const isProduction = environment['NODE_ENV'] === 'production';
  if (isProduction && valid.allowInsecureBaseUrl !== true && leavesThisHostUnencrypted(valid.baseUrl)) {
    problems.push(
      `${label('baseUrl')} is http: to another host, which sends the client secret unencrypted: use https:, or set ` +
        'allowInsecureBaseUrl.',
    );
  }
  if (isProduction && valid.clientSecret === EMULATOR_SECRET) {
    problems.push(
      `${label('clientSecret')} is the emulator's default, which is published: in production use the credentials that ` +
        'NAVER issued. For a rehearsal start the emulator with --client-id and --client-secret of your own.',
    );
  }
  if (valid.platform?.startsWith('ncloud') === true && (found.dailyQuota ?? undefined) === undefined) {
    problems.push(
      `${label('dailyQuota')} is missing: platform '${valid.platform}' bills each call, so set how many calls a day and ` +
        'kind the application may make, for example 10000; Infinity sets no limit.',
    );
  }
  return problems;
}

function contradictions(found: Found, valid: Valid): string[] {
  const problems: string[] = [];
  if (found.keys === 'raw' && found.signingSecret !== undefined) {
    problems.push(
      `${label('signingSecret')} has no use with keys: 'raw', which seals nothing: leave one of them out.`,
    );
  }
  for (const place of ['bodyFields', 'headerNames'] as const) {
    const names = valid[place];
    if (names && haveOneName(names)) {
      problems.push(`${place} gives key and value the same name, defaults included: let them differ.`);
    }
  }
  return problems;
}

function standbyProblems(found: Found, { engines, keys, standby }: Valid): string[] {
  const problems: string[] = [];
  if (engines?.includes('standby') === true && (found.standby ?? undefined) === undefined) {
    problems.push(
      "standby is missing, and engines names it: install captcha-media, and pass standby: standbyEngine() of 'nestjs-naver-captcha/standby'.",
    );
  }
  if (engines?.includes('naver') === false && (found.signingSecret ?? undefined) === undefined) {
    problems.push(
      `${label('signingSecret')} is missing: without NAVER there is no client secret to derive one from. Make one of at ` +
        'least 32 characters with `openssl rand -base64 33`, the same for every process.',
    );
  }
  if (keys === 'raw' && (standby !== undefined || engines?.includes('standby') === true)) {
    problems.push(
      "standby cannot be used with keys: 'raw', because such keys are issued elsewhere: leave one of them out.",
    );
  }
  return problems;
}

function leavesThisHostUnencrypted(baseUrl: string | undefined): boolean {
  if (baseUrl === undefined) return false;
  const { protocol, hostname } = new URL(baseUrl);
  return protocol === 'http:' && !isLoopback(hostname);
}

/** Headers ignore case, and in a body two names that differ in case alone are a mistake as well. */
function haveOneName({ key, value }: CaptchaAnswerNames): boolean {
  return key.toLowerCase() === value.toLowerCase();
}

/** Whether every option that is required or has a default has a value; `check` reports those that have none. */
function isComplete(valid: Valid): valid is CheckedOptions {
  return NAMES.every((name) => {
    const { default: byDefault, required } = OPTIONS[name];
    return valid[name] !== undefined || (byDefault === undefined && required === undefined);
  });
}

/** The error that stops a start, with a list of problems and their remedies. */
export function cannotStart(problems: readonly string[], hint?: string): Error {
  const lines = ['NaverCaptchaModule cannot start:', ...problems.map((problem) => `  - ${problem}`)];
  const error = new Error([...lines, ...(hint === undefined ? [] : [hint])].join('\n'));
  // The list says everything; a stack of file names would only hide it.
  error.stack = `${error.name}: ${error.message}`;
  return error;
}

function baseUrlOf({ baseUrl, platform }: CheckedOptions): string {
  return baseUrl ?? PLATFORMS[platform].baseUrl;
}

function usedEngines({ engines, standby }: CheckedOptions): readonly CaptchaMediaEngineName[] {
  if (engines !== undefined) return engines;
  return Object.freeze(standby === undefined ? (['naver'] as const) : (['naver', 'standby'] as const));
}

function complete(options: CheckedOptions, proxy: CaptchaForwardProxy | undefined): ResolvedCaptchaOptions {
  const { allowInsecureBaseUrl, httpService, store, standby, signingSecret, ...rest } = options;
  const { clientSecret, dailyQuota, pace } = rest;
  const engines = usedEngines(options);
  const resolved: ResolvedCaptchaOptions = {
    ...rest,
    baseUrl: baseUrlOf(options),
    proxy,
    // Documented: 1,000 calls a day for each kind at NAVER Developers. On NAVER Cloud the option is required.
    dailyQuota: dailyQuota === Infinity || !engines.includes('naver') ? undefined : (dailyQuota ?? 1000),
    // Without a standby, what is beyond the pace would be refused, so that must be asked for.
    pace: pace ?? (engines.length > 1 && DEFAULT_PACE),
    engines,
    signingSecrets: signingSecret ?? Object.freeze([clientSecret] as const),
  };
  Object.defineProperty(resolved, 'clientSecret', { enumerable: false });
  Object.defineProperty(resolved, 'proxy', { enumerable: false });
  Object.defineProperty(resolved, 'signingSecrets', { enumerable: false });
  return Object.freeze(resolved);
}
