import 'reflect-metadata';

import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { NaverCaptchaModule, NaverCaptchaService } from 'nestjs-naver-captcha';
import { standbyEngine } from 'nestjs-naver-captcha/standby';
import { answerOf } from 'nestjs-naver-captcha/testing';

@Module({
  imports: [
    NaverCaptchaModule.forRoot({
      engines: ['standby'],
      standby: standbyEngine(),
      signingSecret: 'a signing secret of 32 characters',
    }),
  ],
})
class AppModule {}

/** `node standby.js`: what a person gets who solves a challenge of the standby, or why the application does not start. */
async function main(): Promise<void> {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
  const captcha = app.get(NaverCaptchaService);
  const { key } = await captcha.createChallenge();
  const { contentType, body } = await captcha.fetchMedia(key);
  const value = await answerOf(app, key, () => '');
  const verdict = await captcha.verify({ key, value });
  process.stdout.write(JSON.stringify({ contentType, first: body.subarray(0, 2).toString('hex'), verdict }));
  await app.close();
}

main().catch((error: unknown) => {
  process.stdout.write(JSON.stringify({ error: (error as Error).message }));
});
