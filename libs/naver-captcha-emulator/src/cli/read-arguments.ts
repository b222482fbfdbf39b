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
    const value = given.get(name) ?? environment[variableOf(name)];
    // Compose files and shells pass an empty variable for "not set".
    if (value !== undefined && value !== '')
      options[optionOf(name)] = typeof value === 'string' ? readValue(value, reads) : value;
  }
  return {
    help: given.get('help') === true,
    quiet: given.get('quiet') === true,
    options,
  };
}
