// Another process: opens one key with its own settings, says what it makes of it, and ends by itself.
import 'reflect-metadata';

import { NestFactory } from '@nestjs/core';
import { NaverCaptchaModule, NaverCaptchaService } from 'nestjs-naver-captcha';

const { options, answer } = JSON.parse(process.argv[2]);
const app = await NestFactory.createApplicationContext(NaverCaptchaModule.forRoot(options), {
  logger: false,
});
const verdict = await app.get(NaverCaptchaService).verify(answer);
process.stdout.write(JSON.stringify(verdict));
await app.close();
