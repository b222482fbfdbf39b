import 'reflect-metadata';

import { ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { startNaverCaptchaEmulator } from 'naver-captcha-emulator';

import { AppModule } from './app.module.js';
import { Person } from './person.js';

/** `node main.js express` or `fastify`: what a person's sign-ups came to, as JSON, and on which Node.js. */
async function main(adapter: string | undefined): Promise<void> {
  const emulator = await startNaverCaptchaEmulator();
  Object.assign(process.env, {
    NAVER_CAPTCHA_BASE_URL: emulator.url,
    NAVER_CAPTCHA_CLIENT_ID: emulator.clientId,
    NAVER_CAPTCHA_CLIENT_SECRET: emulator.clientSecret,
  });
  const app = await NestFactory.create(
    AppModule,
    adapter === 'fastify' ? new FastifyAdapter() : new ExpressAdapter(),
    { logger: ['error'] },
  );
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true }));
  await app.listen(0, '127.0.0.1');

  const person = new Person(await app.getUrl(), emulator);
  const missing = await person.signUp({ name: 'Kim' });
  const wrong = await person.signUp({ name: 'Kim', ...(await person.read()), captchaValue: 'WRONG' });
  const right = await person.signUp({ name: 'Kim', ...(await person.read()) });
  const script = await person.widget();

  await app.close();
  await emulator.close();
  process.stdout.write(JSON.stringify({ node: process.version, missing, wrong, right, script }));
}

void main(process.argv[2]);
