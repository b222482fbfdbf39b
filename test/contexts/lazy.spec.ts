import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { describe, expect, it } from '@jest/globals';

const run = promisify(execFile);

/** Node.js as it is where neither package of other transports is installed. */
const ABSENT = `data:text/javascript,${encodeURIComponent(`
  import { register } from 'node:module';
  register('data:text/javascript,' + encodeURIComponent(\`
    export async function resolve(specifier, context, next) {
      if (/^@nestjs\\\\/(websockets|microservices)/.test(specifier)) throw new Error('absent: ' + specifier);
      return next(specifier, context);
    }\`));
`)}`;

const SCRIPT = `
  import 'reflect-metadata';
  import { Controller, Module, Post } from '@nestjs/common';
  import { NestFactory } from '@nestjs/core';
  import { NaverCaptchaModule, RequireCaptcha } from 'nestjs-naver-captcha';

  class AppController { signUp() {} }
  Controller()(AppController);
  const method = [AppController.prototype, 'signUp', Object.getOwnPropertyDescriptor(AppController.prototype, 'signUp')];
  for (const decorate of [Post(), RequireCaptcha()]) decorate(...method);
  class AppModule {}
  Module({
    imports: [NaverCaptchaModule.forRoot({ clientId: 'id', clientSecret: 'secret' })],
    controllers: [AppController],
  })(AppModule);

  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  const reply = await fetch(await app.getUrl(), { method: 'POST' });
  const absent = await import('@nestjs/websockets').catch(({ message }) => message);
  process.stdout.write(JSON.stringify({ code: (await reply.json()).code, absent }));
  await app.close();
`;

describe('the packages of other transports', () => {
  it('are not needed by an application that speaks HTTP alone', async () => {
    const { stdout } = await run(
      process.execPath,
      ['--import', ABSENT, '--input-type=module', '-e', SCRIPT],
      { cwd: 'libs/naver-captcha' },
    );

    expect(JSON.parse(stdout)).toEqual({ code: 'CAPTCHA_MISSING', absent: 'absent: @nestjs/websockets' });
  });
});
