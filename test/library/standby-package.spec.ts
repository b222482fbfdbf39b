import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { describe, expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WITHOUT_MEDIA = pathToFileURL(join(ROOT, 'test/support/without-captcha-media.mjs')).href;
const run = promisify(execFile);

const SYSTEMS = {
  'ES modules': (name: string) => `await import('${name}')`,
  CommonJS: (name: string) => `require('${name}')`,
} as const;

/** Starts an application in a process of its own. @returns the error of the start, and whether sharp was loaded */
async function boot(
  system: keyof typeof SYSTEMS,
  options: string,
  ...flags: string[]
): Promise<{ error?: string; sharp: boolean }> {
  const load = SYSTEMS[system];
  const program = `(async () => {
    ${system === 'CommonJS' ? "require('reflect-metadata');" : "await import('reflect-metadata');"}
    const { NestFactory } = ${load('@nestjs/core')};
    const { NaverCaptchaModule } = ${load('nestjs-naver-captcha')};
    const { standbyEngine } = ${load('nestjs-naver-captcha/standby')};
    const imported = NaverCaptchaModule.forRoot({ clientId: 'id', clientSecret: 'secret', ...${options} });
    const settings = { logger: false, abortOnError: false };
    const error = await NestFactory.createApplicationContext(imported, settings).then((app) => app.close(), (thrown) => thrown.message);
    const sharp = process.report.getReport().sharedObjects.some((file) => file.includes('sharp'));
    console.log(JSON.stringify({ error, sharp }));
  })();`;
  const type = system === 'CommonJS' ? 'commonjs' : 'module';
  const { stdout } = await run(process.execPath, [...flags, `--input-type=${type}`, '--eval', program], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] },
  });
  return JSON.parse(stdout) as { error?: string; sharp: boolean };
}

describe.each(['ES modules', 'CommonJS'] as const)('%s', (system) => {
  it('with standbyEngine() and without captcha-media the boot fails and says what to install', async () => {
    const { error } = await boot(system, '{ standby: standbyEngine() }', '--import', WITHOUT_MEDIA);

    expect(error).toMatch(/cannot start:\n.*npm install captcha-media$/);
  });

  it('without a standby neither captcha-media nor sharp is loaded', async () => {
    expect(await boot(system, '{}', '--import', WITHOUT_MEDIA)).toEqual({ sharp: false });
    expect(await boot(system, '{}')).toEqual({ sharp: false });
  });

  it('with standbyEngine() they are loaded when the application starts', async () => {
    expect(await boot(system, '{ standby: standbyEngine() }')).toEqual({ sharp: true });
  });
});
