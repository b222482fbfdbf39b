import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { Redis } from 'ioredis';
import { NaverCaptchaModule, type NaverCaptchaModuleOptions } from 'nestjs-naver-captcha';
import { RedisCaptchaStore } from 'nestjs-naver-captcha/redis';
import { standbyEngine } from 'nestjs-naver-captcha/standby';

import { AboutController } from './about.controller.js';
import { ErrorPageFilter } from './error-page.filter.js';
import { CommentController } from './comment.controller.js';
import { LiveController } from './live.controller.js';
import { LoginController } from './login.controller.js';
import { REDIS, RedisModule } from './redis.module.js';
import { SignupController } from './signup.controller.js';

@Module({
  imports: [
    NaverCaptchaModule.forRootAsync({
      routes: true,
      imports: [RedisModule],
      inject: [REDIS],
      useFactory: (redis: Redis | undefined): NaverCaptchaModuleOptions => ({
        store: redis && new RedisCaptchaStore({ client: redis }),
        // The form stays open while NAVER is down, slow, or used up for today.
        standby: standbyEngine(),
      }),
    }),
  ],
  controllers: [AboutController, SignupController, LoginController, CommentController, LiveController],
  providers: [{ provide: APP_FILTER, useClass: ErrorPageFilter }],
})
export class AppModule {}
