import { randomBytes } from 'node:crypto';
import { FieldReader } from '../field-reader.js';
import { kinds } from '../protocol/call.js';
import type { Settings } from './options.js';

/** Options the emulator cannot start with. The message lists every problem and never contains the secret. */
export class EmulatorOptionsError extends Error {
  override readonly name = 'EmulatorOptionsError';

  constructor(readonly problems: readonly string[]) {
    super(
      `The emulator cannot start with these options:\n${problems.map((problem) => `- ${problem}`).join('\n')}`,
    );
  }
}

export const defaultClientId = 'emulator-client-id';
export const defaultClientSecret = 'emulator-client-secret';

// Visible ASCII: an HTTP header changes or refuses other characters.
const credential = /^[\x21-\x7e]{1,256}$/;
// Without scheme, port and final dot.
const hostName = /^[\w-]+(\.[\w-]+)*$/;
const endless = { least: 1, whole: true, endless: true } as const;

/** @throws {EmulatorOptionsError} listing every problem */
export function resolveOptions(given: unknown): Settings {
  const fields = new FieldReader(given);
  const port = fields.number('port', { least: 0, most: 65_535, whole: true }) ?? 0;
  const host = fields.string('host', /^\S+$/) ?? '127.0.0.1';
  const settings: Settings = {
    port,
    host,
    allowedHosts: [host, ...(fields.strings('allowedHosts', hostName) ?? [])].map((name) =>
      name.toLowerCase(),
    ),
    clientId: fields.string('clientId', credential) ?? defaultClientId,
    clientSecret: fields.string('clientSecret', credential) ?? defaultClientSecret,
    seed: readSeed(fields) ?? randomBytes(8).toString('hex'),
    now: readClock(fields) ?? Date.now,
    lang: fields.oneOf('lang', ['ko', 'en']) ?? 'ko',
    style: fields.oneOf('style', ['mixed', 'photo', 'flow', 'plain']) ?? 'mixed',
    kinds: fields.someOf('kinds', kinds) ?? kinds,
    keyTtlMs: fields.number('keyTtlMs', { least: 1 }) ?? 10_800_000,
    comparisonsPerKey: fields.number('comparisonsPerKey', endless) ?? 1,
    caseSensitive: fields.boolean('caseSensitive') ?? false,
    wrongAnswerStatus: fields.oneOf('wrongAnswerStatus', [200, 403]) ?? 200,
    responseTimeType: fields.oneOf('responseTimeType', ['number', 'string']) ?? 'number',
    audioResponseTime: fields.boolean('audioResponseTime') ?? false,
    answerLength: fields.span('answerLength', { least: 1, most: 8, whole: true }) ?? [5, 7],
    audioAnswerLength: fields.span('audioAnswerLength', { least: 1, most: 10, whole: true }) ?? [6, 6],
    dailyQuota: fields.number('dailyQuota', { least: 0, whole: true, endless: true }) ?? 1000,
    ncloudDailyQuota: fields.number('ncloudDailyQuota', { least: 0, whole: true, endless: true }) ?? Infinity,
    ncloudFetchNeedsCredentials: fields.boolean('ncloudFetchNeedsCredentials') ?? false,
    rateLimitPerSecond: fields.number('rateLimitPerSecond', endless) ?? Infinity,
    maxKeys: fields.number('maxKeys', { least: 1, most: 10_000_000, whole: true }) ?? 100_000,
    maxRequests: fields.number('maxRequests', { least: 0, most: 1_000_000, whole: true }) ?? 1000,
    onRequest: readListener(fields),
  };
  fields.refuseUnread();
  if (fields.problems.length > 0) throw new EmulatorOptionsError(fields.problems);
  return Object.freeze(settings);
}

function readSeed(fields: FieldReader): string | undefined {
  const seed = fields.raw('seed');
  if (seed === undefined || typeof seed === 'string') return seed;
  // The number 42 from code and the text 42 from the command line are the same seed.
  if (typeof seed === 'number' && Number.isFinite(seed)) return String(seed);
  fields.wrong('seed', 'must be a number or a string');
  return undefined;
}

function readClock(fields: FieldReader): (() => number) | undefined {
  const clock = fields.raw('clock');
  if (clock === undefined) return undefined;
  if (isClock(clock)) return () => clock.now();
  fields.wrong('clock', 'must be an object with a function now() that returns milliseconds since 1970');
  return undefined;
}

const isClock = (value: unknown): value is { now(): number } =>
  typeof value === 'object' && value !== null && 'now' in value && typeof value.now === 'function';

function readListener(fields: FieldReader): Settings['onRequest'] {
  const listener = fields.raw('onRequest');
  if (listener === undefined) return undefined;
  if (isListener(listener)) return listener;
  fields.wrong('onRequest', 'must be a function that takes a request');
  return undefined;
}

const isListener = (value: unknown): value is NonNullable<Settings['onRequest']> =>
  typeof value === 'function';
