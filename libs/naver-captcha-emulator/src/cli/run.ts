import type { NaverCaptchaEmulator } from '../handle/emulator.js';
import { EmulatorListenError, startNaverCaptchaEmulator } from '../handle/start-emulator.js';
import { defaultClientSecret, EmulatorOptionsError } from '../options/resolve-options.js';
import { help } from './help.js';
import { readArguments, type CommandLine } from './read-arguments.js';
import { optionOf, settingsTable } from './settings-table.js';

/** The parts of a process the command needs. */
export interface CliProcess {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  exitCode?: number | string | null | undefined;
  once(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
}

/**
 * The command `naver-captcha-emulator`, for whoever starts it from a program of their own: `await
 * runEmulatorCli(process)`. Returns once it listens; a signal ends it. What keeps it from starting is one sentence on
 * stderr and exit code 1.
 */
export async function runEmulatorCli(process: CliProcess): Promise<void> {
  try {
    const commandLine = readArguments(process.argv.slice(2), process.env);
    if (commandLine.help) process.stdout.write(help);
    else await serve(process, commandLine);
  } catch (error) {
    process.stderr.write(`${sentence(error)}\n`);
    process.exitCode = 1;
  }
}

async function serve(process: CliProcess, { options, quiet }: CommandLine): Promise<void> {
  const log = (event: string, fields: object): void => {
    const line = { time: new Date().toISOString(), level: 'info', event, ...fields };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  };
  const emulator = await startNaverCaptchaEmulator({
    ...options,
    ...(quiet
      ? {}
      : {
          onRequest: (request) => {
            log('request', request);
          },
        }),
  });
  const end = (signal: string): void => {
    void emulator.close().then(() => {
      log('closed', { signal });
    });
  };
  process.once('SIGTERM', () => {
    end('SIGTERM');
  });
  process.once('SIGINT', () => {
    end('SIGINT');
  });
  // Last, so that whoever waits for this line may send a signal at once.
  log('listening', announcement(emulator));
}

/** A secret somebody chose may be a real one, and is never shown. */
function announcement({ url, clientId, clientSecret, seed }: NaverCaptchaEmulator): object {
  return {
    url,
    page: `${url}/`,
    clientId,
    clientSecret: clientSecret === defaultClientSecret ? clientSecret : '(as you set it)',
    seed,
  };
}

function sentence(error: unknown): string {
  if (error instanceof EmulatorOptionsError) {
    const problems = error.problems.map((problem) => {
      const setting = settingsTable.find(({ flag }) => problem.startsWith(`${optionOf(flag)} `));
      return setting === undefined
        ? problem
        : `--${setting.flag}${problem.slice(optionOf(setting.flag).length)}`;
    });
    return `naver-captcha-emulator cannot start: ${problems.join('; ')}. See --help.`;
  }
  if (error instanceof EmulatorListenError) return error.message;
  // parseArgs says what it did not understand; its advice after the first sentence is about parseArgs itself.
  if (error instanceof TypeError) return `${error.message.split('. ')[0] ?? error.message}. See --help.`;
  return `naver-captcha-emulator failed: ${error instanceof Error ? error.message : String(error)}`;
}
