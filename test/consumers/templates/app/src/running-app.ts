import 'reflect-metadata';

import { type INestApplication, type Type, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type NaverCaptchaEmulator, startNaverCaptchaEmulator } from 'naver-captcha-emulator';

import { Person } from './person.js';

export interface RunningApp {
  readonly app: INestApplication;
  readonly url: string;
  readonly emulator: NaverCaptchaEmulator;
  readonly person: Person;
  close(): Promise<void>;
}

/** Serves this module with `express` or `fastify`, with an emulator for its NAVER. */
export async function start(module: Type, adapter: string | undefined): Promise<RunningApp> {
  const emulator = await startNaverCaptchaEmulator();
  Object.assign(process.env, {
    NAVER_CAPTCHA_BASE_URL: emulator.url,
    NAVER_CAPTCHA_CLIENT_ID: emulator.clientId,
    NAVER_CAPTCHA_CLIENT_SECRET: emulator.clientSecret,
  });
  const app = await NestFactory.create(
    module,
    adapter === 'fastify' ? new FastifyAdapter() : new ExpressAdapter(),
    { logger: ['error'] },
  );
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true }));
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  return {
    app,
    url,
    emulator,
    person: new Person(url, emulator),
    async close() {
      await app.close();
      await emulator.close();
    },
  };
}
