import { parseArgs } from 'node:util';
import { optionOf, readValue, settingsTable, variableOf } from './settings-table.js';

/** What the command line and the environment ask for. */
export interface CommandLine {
  readonly help: boolean;
  readonly quiet: boolean;
  /** For startNaverCaptchaEmulator, which checks them. */
  readonly options: Readonly<Record<string, unknown>>;
}

const defaultPort = 4010;

/** @throws {TypeError} for a flag there is not */
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
        settingsTable.map(({ flag, reads }) => [
          flag,
          { type: reads === 'switch' ? ('boolean' as const) : ('string' as const) },
        ]),
      ),
    },
  });
  const given: ReadonlyMap<string, unknown> = new Map(Object.entries(values));
  const options: Record<string, unknown> = { port: defaultPort };
  for (const { flag, reads } of settingsTable) {
    const value = given.get(flag) ?? environment[variableOf(flag)];
    // An empty variable is how compose files and shells say "not set".
    if (value !== undefined && value !== '')
      options[optionOf(flag)] = typeof value === 'string' ? readValue(value, reads) : value;
  }
  return {
    help: given.get('help') === true,
    quiet: given.get('quiet') === true,
    options,
  };
}
