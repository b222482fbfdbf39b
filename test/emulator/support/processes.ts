import { spawn, type ChildProcess } from 'node:child_process';
import { afterEach } from '@jest/globals';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Waits until standard output contains this text. */
  readonly says: (text: string) => Promise<string>;
}

const children = new Set<ChildProcess>();

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** A child process that is killed at the end of its test, or after 20 seconds. */
export function start(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Started {
  const child = spawn(command, args, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 20_000,
    killSignal: 'SIGKILL',
  });
  children.add(child);
  const output = { stdout: '', stderr: '' };
  const readers = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      for (const reader of readers) reader();
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      children.delete(child);
      resolve({ code, signal, ...output });
    });
  });
  const says = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!output.stdout.includes(text)) return;
        readers.delete(look);
        resolve(output.stdout);
      };
      readers.add(look);
      look();
      void ended.then(({ stderr }) => {
        reject(new Error(`The process ended without writing ${text}: ${output.stdout}${stderr}`));
      });
    });
  return { child, ended, says };
}

export const run = (command: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended> =>
  start(command, args, env).ended;
