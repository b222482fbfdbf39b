import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface RunningDemo extends AsyncDisposable {
  readonly url: string;
  readonly emulatorUrl: string;
  readonly process: ChildProcess;
  /** Everything it has written so far. */
  output(): string;
}

const DEMO = 'apps/demo/dist/main.js';

/** The environment of this process without what would reach NAVER, and with what is given. */
export function demoEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(NAVER_CAPTCHA|DEMO)_/.test(name));
  return { ...Object.fromEntries(inherited), HOST: '', NODE_ENV: 'test', PORT: '0', NO_COLOR: '1', ...extra };
}

/** Runs the demo to its end. */
export async function runDemo(extra: NodeJS.ProcessEnv): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [DEMO], {
    env: demoEnvironment(extra),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = collect(child);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: output() };
}

/** Starts the demo as `npm start` does, on a free port and with its own emulator. */
export async function startDemo(extra: NodeJS.ProcessEnv = {}): Promise<RunningDemo> {
  const child = spawn(process.execPath, [DEMO], {
    env: demoEnvironment(extra),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = collect(child);
  const [url = '', emulatorUrl = ''] = await new Promise<string[]>((resolve, reject) => {
    child.stdout.on('data', () => {
      const found = /(http:\/\/localhost:\d+)[^]*emulator at (http:\/\/127\.0\.0\.1:\d+)/.exec(output());
      if (found !== null) resolve(found.slice(1));
    });
    child.once('close', () => {
      reject(new Error(`The demo ended:\n${output()}`));
    });
  });
  return {
    url,
    emulatorUrl,
    process: child,
    output,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

function collect({ stdout, stderr }: ChildProcess): () => string {
  let text = '';
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  return () => text;
}
