import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { demoEnvironment } from '../../support/demo.ts';
import type { PackedLibraries } from '../../support/packed.ts';

const execute = promisify(execFile);
const TEMPLATES = fileURLToPath(new URL('../templates', import.meta.url));

/** Whether the whole matrix is wanted: `npm run test:consumers`. */
export const ALL = process.env['npm_lifecycle_event'] === 'test:consumers';

export const SYSTEMS = ['commonjs', 'esm'] as const;
export type ModuleSystem = (typeof SYSTEMS)[number];

export interface ConsumerSetup {
  /** Its `package.json`, one of `templates/packages`. */
  readonly name: string;
  /** How each module system compiles, one of `templates/tsconfig`. */
  readonly tsconfig: Readonly<Record<ModuleSystem, string>>;
  /** What the application's own tests import their functions from. */
  readonly testsFrom?: string;
  /** Whether it has the optional peers, and the sources that use them. */
  readonly neighbours?: boolean;
}

/** Somebody's application: one folder of packages, and in it the same sources once for each module system. */
export class Consumer implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  /** Installs the packed libraries in an empty folder, beside what that application has. */
  static async install(setup: ConsumerSetup, { folder, libraries }: PackedLibraries): Promise<Consumer> {
    const consumer = new Consumer(join(folder, setup.name));
    const { dependencies, ...manifest } = JSON.parse(await template(`packages/${setup.name}.json`)) as {
      dependencies: object;
    };
    const packed = Object.fromEntries(libraries.map(({ name, tarball }) => [name, `file:${tarball}`]));
    await consumer.write('package.json', json({ ...manifest, dependencies: { ...dependencies, ...packed } }));
    for (const system of SYSTEMS) await consumer.writeSources(system, setup);
    await consumer.add();
    return consumer;
  }

  /** Installs what `package.json` names, and these versions beside it or in its place. */
  add(...packages: readonly string[]): Promise<string> {
    const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
    return this.run('.', 'npm', ['install', ...flags, ...packages]);
  }

  /** Compiles with the application's own TypeScript. */
  compile(system: ModuleSystem, project = 'tsconfig.json'): Promise<string> {
    return this.node(system, '../node_modules/typescript/bin/tsc', '--project', project);
  }

  /** Runs a script in the folder of a module system; what it printed. */
  node(system: ModuleSystem, ...args: string[]): Promise<string> {
    return this.run(system, process.execPath, args);
  }

  /** The same on another version of Node.js, which npm brings. */
  nodeOf(version: string, system: ModuleSystem, ...args: string[]): Promise<string> {
    return this.run(system, 'npx', ['--yes', '--prefer-offline', `node@${version}`, ...args]);
  }

  /** Does the work as if this package were not installed. */
  async without<T>(name: string, work: () => Promise<T>): Promise<T> {
    const path = join(this.folder, 'node_modules', name);
    await rename(path, `${path}.hidden`);
    try {
      return await work();
    } finally {
      await rename(`${path}.hidden`, path);
    }
  }

  /** The `package.json` of a package that is installed there. */
  async manifestOf(name: string): Promise<Record<string, unknown>> {
    const path = join(this.folder, 'node_modules', name, 'package.json');
    return JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true });
  }

  private async run(folder: string, command: string, args: string[]): Promise<string> {
    const options = { cwd: join(this.folder, folder), env: demoEnvironment() };
    try {
      return (await execute(command, args, options)).stdout;
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`${[command, ...args].join(' ')}\n${stdout}\n${stderr}`, { cause: error });
    }
  }

  private async writeSources(system: ModuleSystem, setup: ConsumerSetup): Promise<void> {
    const { tsconfig, testsFrom, neighbours = false } = setup;
    await this.write(`${system}/package.json`, json({ type: system === 'esm' ? 'module' : 'commonjs' }));
    await this.write(`${system}/tsconfig.json`, await template(`tsconfig/${tsconfig[system]}.json`));
    await cp(join(TEMPLATES, 'tooling'), join(this.folder, system), { recursive: true });
    for (const name of await readdir(join(TEMPLATES, 'app'), { recursive: true })) {
      if (!/\.(ts|cjs)$/.test(name) || (!neighbours && name.includes('neighbours'))) continue;
      let text = await template(join('app', name));
      // Files of one application name each other without an ending in CommonJS.
      if (system === 'commonjs') text = text.replaceAll(/from '(\.[^']*)\.js'/g, "from '$1'");
      if (testsFrom !== undefined) text = text.replace('@jest/globals', testsFrom);
      await this.write(join(system, name), text);
    }
  }

  private async write(path: string, text: string): Promise<void> {
    await mkdir(join(this.folder, path, '..'), { recursive: true });
    await writeFile(join(this.folder, path), text);
  }
}

function template(path: string): Promise<string> {
  return readFile(join(TEMPLATES, path), 'utf8');
}

function json(value: object): string {
  return JSON.stringify(value, undefined, 2);
}
