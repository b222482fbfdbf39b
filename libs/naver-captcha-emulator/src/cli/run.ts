import type { NaverCaptchaEmulator } from '../handle/emulator.js';
import { EmulatorListenError, startNaverCaptchaEmulator } from '../handle/start-emulator.js';
import { remedies } from '../http/refused-bytes.js';
import { defaultClientSecret, EmulatorOptionsError } from '../options/resolve-options.js';
import type { EmulatorRequest } from '../store/request-log.js';
import { optionOf, flags } from './flags.js';
import { help } from './help.js';
import { readArguments, type CommandLine } from './read-arguments.js';

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
 * The command `naver-captcha-emulator`, for programs that start it themselves: `await runEmulatorCli(process)`. It
 * returns when the emulator listens; SIGTERM and SIGINT end the emulator. If it cannot start, it writes one sentence to
 * stderr and sets exit code 1.
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
            log('request', withRemedy(request));
          },
        }),
  });
  let ending = false;
  const end = (signal: string): void => {
    if (ending) return;
    ending = true;
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
  // After the signal handlers, so that a process that waits for this line can send a signal at once.
  log('listening', announcement(emulator));
}

const withRemedy = (request: EmulatorRequest): object =>
  request.problem === undefined ? request : { ...request, remedy: remedies[request.problem] };

/** Shows only the default secret: one that was set may be a real secret. */
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
      const flag = flags.find(({ name }) => problem.startsWith(`${optionOf(name)} `));
      return flag === undefined ? problem : `--${flag.name}${problem.slice(optionOf(flag.name).length)}`;
    });
    return `naver-captcha-emulator cannot start: ${problems.join('; ')}. See --help.`;
  }
  if (error instanceof EmulatorListenError) return error.message;
  // The first sentence of parseArgs names the wrong argument; the rest is advice for callers of parseArgs.
  if (error instanceof TypeError) return `${error.message.split('. ')[0] ?? error.message}. See --help.`;
  return `naver-captcha-emulator failed: ${error instanceof Error ? error.message : String(error)}`;
}
