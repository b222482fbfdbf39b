import { Body, Controller, Module, Post } from '@nestjs/common';
import { IsString } from 'class-validator';
import { type CaptchaOutcome, CaptchaResult, NaverCaptchaModule, RequireCaptcha } from 'nestjs-naver-captcha';

export class SignupDto {
  @IsString()
  name!: string;
}

@Controller('signup')
export class SignupController {
  @Post()
  @RequireCaptcha({ action: 'signup', validate: SignupDto })
  signUp(@CaptchaResult() captcha: CaptchaOutcome, @Body() body: SignupDto): object {
    return { welcome: body.name, captcha: captcha.status, fields: Object.keys(body) };
  }
}

@Module({ imports: [NaverCaptchaModule.forRoot({ routes: true })], controllers: [SignupController] })
export class AppModule {}
