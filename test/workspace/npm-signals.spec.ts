import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { demoEnvironment } from '../support/demo.ts';

interface Running extends AsyncDisposable {
  readonly npm: ChildProcess;
  /** The whole output, once npm and all that it started have closed it. */
  readonly ended: Promise<string>;
}

/** Runs an npm script in a process group of its own, as a terminal does, without the installation and build before it. */
async function startScript(script: readonly string[], ready: RegExp, cwd = process.cwd()): Promise<Running> {
  const npm = spawn('npm', [...script.slice(0, 2), '--ignore-scripts', ...script.slice(2)], {
    cwd,
    env: demoEnvironment(),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let overdue = false;
  const deadline = setTimeout(() => {
    overdue = true;
    signalGroup(npm, 'SIGKILL');
  }, 25_000);
  const ended = once(npm, 'close').then(() => {
    clearTimeout(deadline);
    if (overdue) throw new Error(`npm or what it started was still running:\n${output}`);
    return output;
  });
  await new Promise<void>((resolve, reject) => {
    for (const stream of [npm.stdout, npm.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (ready.test(output)) resolve();
      });
    }
    ended.then(() => {
      reject(new Error(`npm ended:\n${output}`));
    }, reject);
  });
  return {
    npm,
    ended,
    [Symbol.asyncDispose]: async () => {
      signalGroup(npm, 'SIGKILL');
      await ended.catch(() => undefined);
    },
  };
}

/**
 * A project that has the emulator installed. This repository has it only if it was built before npm installed it: npm
 * makes no command for a file that does not exist.
 */
class InstalledEmulator implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'emulator-'));

  constructor() {
    const emulator = resolve('libs/naver-captcha-emulator');
    const command = join(emulator, 'dist/esm/cli/main.js');
    // As npm does when it installs a command.
    chmodSync(command, 0o755);
    const commands = join(this.folder, 'node_modules/.bin');
    mkdirSync(commands, { recursive: true });
    writeFileSync(join(this.folder, 'package.json'), '{"name":"project","private":true}');
    symlinkSync(emulator, join(this.folder, 'node_modules/naver-captcha-emulator'));
    symlinkSync(command, join(commands, 'naver-captcha-emulator'));
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Every process of the group has ended.
  }
}

const scripts: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['npm start', ['start'], /Demo: +(http:\S+)[^]*CAPTCHA:/],
  ['npm run emulator', ['run', 'emulator', '--', '--port', '0'], /"url":"([^"]+)"/],
];

// Windows has no signals; its console ends the whole group.
(process.platform === 'win32' ? describe.skip : describe)('the scripts that serve end with npm', () => {
  it.each(scripts)('%s ends and frees its port when npm gets SIGTERM', async (_, script, ready) => {
    await using running = await startScript(script, ready);
    running.npm.kill('SIGTERM');
    const url = ready.exec(await running.ended)?.[1] ?? '';
    expect(url).toMatch(/^http:/);
    await expect(fetch(url)).rejects.toThrow();
  });

  it.each(scripts)('%s ends and frees its port on Ctrl-C', async (_, script, ready) => {
    await using running = await startScript(script, ready);
    signalGroup(running.npm, 'SIGINT');
    const url = ready.exec(await running.ended)?.[1] ?? '';
    await expect(fetch(url)).rejects.toThrow();
  });

  it('npx naver-captcha-emulator ends and frees its port when npx gets SIGTERM', async () => {
    const script = ['exec', '--offline', '--', 'naver-captcha-emulator', '--port', '0'];
    using project = new InstalledEmulator();
    await using running = await startScript(script, /"url":"([^"]+)"/, project.folder);
    running.npm.kill('SIGTERM');
    const url = /"url":"([^"]+)"/.exec(await running.ended)?.[1] ?? '';
    await expect(fetch(url)).rejects.toThrow();
  });

  it('npm run dev, which compiles first, is started in the same way', () => {
    const { scripts: all } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const name of ['start', 'emulator', 'dev'])
      expect(all[name]).toMatch(/^node --import .\/scripts\/end-with-npm.mjs /);
  });
});
