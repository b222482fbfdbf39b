import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** What an application has done after its start and before its first request. */
interface Begun {
  /** How many derivations of secrets, of about 50 ms each, have begun. */
  readonly derivations: number;
  readonly undici: boolean;
  /** Absent if sharp is not loaded. */
  readonly drawn?: boolean;
}

/** Starts an application in a process of its own. */
async function start(options: string, readsSharp: boolean): Promise<Begun> {
  const program = `
    import 'reflect-metadata';
    import crypto from 'node:crypto';
    import { once } from 'node:events';
    import { createRequire, syncBuiltinESMExports } from 'node:module';

    const { scrypt } = crypto;
    let derivations = 0;
    crypto.scrypt = (...all) => {
      derivations += 1;
      return scrypt(...all);
    };
    syncBuiltinESMExports();
    const drawing = ${readsSharp} ? once((await import('sharp')).default.queue, 'change') : undefined;
    const { NestFactory } = await import('@nestjs/core');
    const { NaverCaptchaModule } = await import('nestjs-naver-captcha');
    const { standbyEngine } = await import('nestjs-naver-captcha/standby');
    const imported = NaverCaptchaModule.forRoot({ clientId: 'id', clientSecret: 'secret', ...${options} });
    const app = await NestFactory.createApplicationContext(imported, { logger: false });
    const drawn = drawing && (await drawing).length > 0;
    // Waits for undici, if it is being loaded.
    await app.close();
    const undici = Object.keys(createRequire(process.cwd() + '/').cache).some((file) => file.includes('/node_modules/undici/'));
    console.log(JSON.stringify({ derivations, undici, drawn }));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] },
  });
  return JSON.parse(stdout) as Begun;
}

it('with a standby the start begins what its first challenge would otherwise wait for', async () => {
  expect(await start('{ standby: standbyEngine() }', true)).toEqual({
    derivations: 2,
    undici: true,
    drawn: true,
  });
});

it('without a standby it begins none of that but what opens keys', async () => {
  expect(await start('{}', false)).toEqual({ derivations: 1, undici: false });
});
