import 'reflect-metadata';

import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { type CaptchaTesting, overrideCaptcha } from 'nestjs-naver-captcha/testing';

import { AppModule } from '../../dist/app.module.js';
import { configure } from '../../dist/create-app.js';

export interface TestedDemo extends AsyncDisposable {
  readonly captcha: CaptchaTesting;
  post(path: string, body: object): Promise<Response>;
}

/** The demo without its emulator: as it is made, but for the captcha's NAVER. */
export async function startDemo(adapter: 'express' | 'fastify' = 'express'): Promise<TestedDemo> {
  const builder = Test.createTestingModule({ imports: [AppModule] });
  const captcha = overrideCaptcha(builder);
  const module = await builder.compile();
  const app = module.createNestApplication(
    adapter === 'fastify' ? new FastifyAdapter() : new ExpressAdapter(),
    { logger: false },
  );
  configure(app);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  return {
    captcha,
    post: (path, body) =>
      fetch(`${url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        redirect: 'manual',
      }),
    [Symbol.asyncDispose]: () => app.close(),
  };
}
