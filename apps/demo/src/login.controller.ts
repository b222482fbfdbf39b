import { Controller, type ExecutionContext, HttpStatus, Post, Redirect, UseGuards } from '@nestjs/common';
import { ApiBody, ApiResponse } from '@nestjs/swagger';
import { accountKey, addressKey, type CaptchaFailureKey, RequireCaptcha } from 'nestjs-naver-captcha';

import { emailOf, type LoginRequest, PasswordGuard } from './password.guard.js';

/** Failures count for the account, and for the address that the request comes from. */
function triesOf(context: ExecutionContext): CaptchaFailureKey[] {
  const request = context.switchToHttp().getRequest<LoginRequest>();
  return [
    { key: `account:${accountKey(emailOf(request))}`, clearOnSuccess: true },
    { key: `address:${addressKey(request.ip)}` },
  ];
}

@Controller('login')
export class LoginController {
  @Post()
  @Redirect('/account.html', HttpStatus.SEE_OTHER)
  @UseGuards(PasswordGuard)
  @RequireCaptcha({
    action: 'login',
    afterFailures: { limit: 5, windowMs: 900_000, by: triesOf, knownDevice: true },
  })
  // The guard reads the body, so Swagger cannot derive it from the handler's parameters.
  @ApiBody({
    schema: {
      type: 'object',
      required: ['email', 'password'],
      properties: { email: { type: 'string' }, password: { type: 'string', format: 'password' } },
    },
  })
  @ApiResponse({ status: HttpStatus.SEE_OTHER, description: 'To the account.' })
  logIn(): void {
    // The password was right. A real application would start a session here.
  }
}
