import { Body, Controller, Post } from '@nestjs/common';
import { type CaptchaOutcome, CaptchaResult, RequireCaptcha } from 'nestjs-naver-captcha';

import { SignupDto } from './signup.dto.js';

@Controller('signup')
export class SignupController {
  @Post()
  @RequireCaptcha({ action: 'signup' })
  signUp(
    @Body() { name }: SignupDto,
    @CaptchaResult() captcha: CaptchaOutcome,
  ): { name: string; captcha: string } {
    // A real application would save the account here.
    return { name, captcha: captcha.status };
  }
}
