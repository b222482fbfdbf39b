import { parseArgs } from 'node:util';
import { flags, optionOf, readValue, variableOf } from './flags.js';

/** The settings from the command line and the environment. */
export interface CommandLine {
  readonly help: boolean;
  readonly quiet: boolean;
  /** Options for startNaverCaptchaEmulator, which checks them. */
  readonly options: Readonly<Record<string, unknown>>;
}

const defaultPort = 4010;

/** @throws {TypeError} for an unknown flag */
export function readArguments(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h' },
      quiet: { type: 'boolean' },
      ...Object.fromEntries(
        flags.map(({ name, reads }) => [
          name,
          { type: reads === 'switch' ? ('boolean' as const) : ('string' as const) },
        ]),
      ),
    },
  });
  const given: ReadonlyMap<string, unknown> = new Map(Object.entries(values));
  const options: Record<string, unknown> = { port: defaultPort };
  for (const { name, reads } of flags) {
    const value = trimmed(given.get(name)) ?? trimmed(environment[variableOf(name)]);
    if (value !== undefined)
      options[optionOf(name)] = typeof value === 'string' ? readValue(value, reads) : value;
  }
  return {
    help: given.get('help') === true,
    quiet: given.get('quiet') === true,
    options,
  };
}

/**
 * Without the `\r` that scripts and env files with Windows line ends leave. Returns undefined for an empty text, which
 * Compose files and shells pass for "not set".
 */
function trimmed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value.trim() === '' ? undefined : value.trim();
}
