import { Module } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { NaverCaptchaModule, type NaverCaptchaModuleOptions } from 'nestjs-naver-captcha';
import { RedisCaptchaStore } from 'nestjs-naver-captcha/redis';

import { AboutController } from './about.controller.js';
import { CaptchaController } from './captcha.controller.js';
import { REDIS, RedisModule } from './redis.module.js';
import { SignupController } from './signup.controller.js';

@Module({
  imports: [
    NaverCaptchaModule.forRootAsync({
      imports: [RedisModule],
      inject: [REDIS],
      useFactory: (redis: Redis | undefined): NaverCaptchaModuleOptions => ({
        store: redis && new RedisCaptchaStore({ client: redis }),
      }),
    }),
  ],
  controllers: [AboutController, CaptchaController, SignupController],
})
export class AppModule {}
