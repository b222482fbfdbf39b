import { FieldReader } from '../field-reader.js';
import { calls, kinds, platforms, type EmulatorCall } from '../protocol/call.js';
import type {
  EmulatorFault,
  EmulatorFaultKind,
  EmulatorFaultName,
  EmulatorFaultTarget,
  EmulatorPlainFaultName,
} from './fault.js';

/** A fault that cannot be set. The message lists every problem. */
export class EmulatorFaultError extends Error {
  override readonly name = 'EmulatorFaultError';

  constructor(readonly problems: readonly string[]) {
    super(`The emulator cannot set this fault: ${problems.join('; ')}`);
  }
}

/** A fault that was checked, and how often it hits. Without `every` and `share`: the next calls. */
export interface ParsedFault {
  readonly fault: EmulatorFault;
  readonly every: number | undefined;
  readonly share: number | undefined;
}

const plain: readonly EmulatorPlainFaultName[] = [
  'system-error',
  'unauthorized',
  'not-ticked',
  'permission-denied',
  'quota',
  'rate-limit',
  'gateway-503',
  'gateway-504',
  'silence',
  'reset-before-headers',
  'reset-after-headers',
  'empty',
  'wrong-result-type',
];

/** Every fault, in the order of the page. */
export const faultNames: readonly EmulatorFaultName[] = [
  ...plain,
  'latency',
  'truncated',
  'html',
  'wrong-content-type',
  'odd-key',
  'redirect',
  'oversized',
  'drip',
  'reply',
];

/** Faults that apply to one call only. */
export const onlyOn: Partial<Record<EmulatorFaultName, EmulatorCall>> = {
  'odd-key': 'issue',
  'wrong-result-type': 'compare',
};

const headerValue = /^[\x21-\x7e][\x20-\x7e]*$/;
const longestDelayMs = 600_000;

/** Checks what a caller gave, in code or over HTTP. @throws {EmulatorFaultError} listing every problem */
export function parseFault(given: unknown): ParsedFault {
  const fields = new FieldReader(given);
  const every = fields.number('every', { least: 1, whole: true });
  const share = fields.number('share', { least: 0, most: 1 });
  if (every !== undefined && share !== undefined)
    fields.wrong('every', 'and share exclude each other: give one of them');
  const target: EmulatorFaultTarget = {
    call: fields.oneOf('call', calls),
    kind: fields.oneOf('kind', kinds),
    platform: fields.oneOf('platform', platforms),
    times: fields.number('times', { least: 1, whole: true, endless: true }),
    latencyMs: fields.span('latencyMs', { least: 0, most: longestDelayMs }),
  };
  const kind = parseKind(fields, target);
  fields.refuseUnread();
  if (kind === undefined || fields.problems.length > 0) throw new EmulatorFaultError(fields.problems);
  const only = onlyOn[kind.fault];
  if (only !== undefined && target.call !== undefined && target.call !== only) {
    throw new EmulatorFaultError([
      `call must be "${only}" for ${kind.fault}: leave it out, or give this value`,
    ]);
  }
  return { fault: { ...target, call: target.call ?? only, ...kind }, every, share };
}

function parseKind(fields: FieldReader, { latencyMs }: EmulatorFaultTarget): EmulatorFaultKind | undefined {
  const fault = fields.oneOf('fault', faultNames);
  switch (fault) {
    case undefined:
      if (fields.raw('fault') === undefined) {
        fields.wrong('fault', `is missing: must be one of ${faultNames.join(', ')}`);
      }
      return undefined;
    case 'latency':
      if (latencyMs !== undefined) return { fault, latencyMs };
      if (fields.raw('latencyMs') === undefined)
        fields.wrong('latencyMs', 'is missing: latency needs milliseconds, or [least, most]');
      return undefined;
    case 'truncated':
      return { fault, abort: fields.boolean('abort') };
    case 'wrong-content-type':
      return { fault, contentType: fields.string('contentType', headerValue) };
    case 'odd-key':
      return { fault, key: fields.string('key') };
    case 'redirect':
      return { fault, location: fields.string('location', headerValue) };
    case 'oversized':
      return { fault, bytes: fields.number('bytes', { least: 1, most: 67_108_864, whole: true }) };
    case 'drip':
      return { fault, intervalMs: fields.number('intervalMs', { least: 1, most: longestDelayMs }) };
    case 'reply':
      return parseReply(fields);
    case 'html':
    case 'system-error':
    case 'unauthorized':
    case 'not-ticked':
    case 'permission-denied':
    case 'quota':
    case 'rate-limit':
    case 'gateway-503':
    case 'gateway-504':
    case 'silence':
    case 'reset-before-headers':
    case 'reset-after-headers':
    case 'empty':
    case 'wrong-result-type':
      return { fault };
  }
}

function parseReply(fields: FieldReader): EmulatorFaultKind | undefined {
  const status = fields.number('status', { least: 200, most: 599, whole: true });
  const contentType = fields.string('contentType', headerValue);
  const body = fields.string('body');
  if (status !== undefined && body !== undefined) return { fault: 'reply', status, contentType, body };
  if (fields.raw('status') === undefined)
    fields.wrong('status', 'is missing: reply needs an HTTP status from 200 to 599');
  if (fields.raw('body') === undefined) fields.wrong('body', 'is missing: reply needs a string');
  return undefined;
}
