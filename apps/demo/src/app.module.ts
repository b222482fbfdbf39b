import { Module } from '@nestjs/common';
import { NaverCaptchaModule } from 'nestjs-naver-captcha';

import { AboutController } from './about.controller.js';
import { CaptchaController } from './captcha.controller.js';
import { SignupController } from './signup.controller.js';

@Module({
  imports: [NaverCaptchaModule.forRoot()],
  controllers: [AboutController, CaptchaController, SignupController],
})
export class AppModule {}
