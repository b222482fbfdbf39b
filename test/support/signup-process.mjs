// One process of several that serve the same site: a protected sign-up whose used keys are remembered in Redis.
//   REDIS_URL, REDIS_CLIENT (ioredis or node-redis), STANDBY (anything, for challenges of the standby alone), and the
//   module's own variables
import 'reflect-metadata';

import { Controller, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Redis } from 'ioredis';
import { NaverCaptchaModule, RequireCaptcha } from 'nestjs-naver-captcha';
import { RedisCaptchaStore } from 'nestjs-naver-captcha/redis';
import { standbyEngine } from 'nestjs-naver-captcha/standby';
import { createClient } from 'redis';

import { decorate } from './decorate.mjs';

const { REDIS_URL, REDIS_CLIENT, STANDBY } = process.env;

class SignupController {
  signUp() {
    return { welcome: true };
  }
}
const protect = RequireCaptcha({ action: 'signup', kinds: ['work', 'image', 'audio'] });
decorate(Post(), HttpCode(200), protect)(SignupController.prototype, 'signUp');
Controller('signup')(SignupController);

class AppModule {}
Module({
  imports: [
    NaverCaptchaModule.forRoot({
      store: new RedisCaptchaStore({ client: await connect() }),
      ...(STANDBY === undefined
        ? {}
        : { engines: ['standby'], standby: standbyEngine(), routes: true, issueLimit: false }),
    }),
  ],
  controllers: [SignupController],
})(AppModule);

const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false });
await app.listen(0, '127.0.0.1');
process.stdout.write(`${app.getHttpServer().address().port}\n`);
// The test that started it may die without a word.
process.stdin.resume().once('end', () => process.exit());

async function connect() {
  const ignore = () => undefined;
  if (REDIS_CLIENT === 'ioredis') return new Redis(REDIS_URL).on('error', ignore);
  return createClient({ url: REDIS_URL }).on('error', ignore).connect();
}
