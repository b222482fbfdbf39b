import { Body, Controller, type HttpRedirectResponse, HttpStatus, Post, Redirect } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { RequireCaptcha } from 'nestjs-naver-captcha';

import { SignupDto } from './signup.dto.js';

@Controller('signup')
export class SignupController {
  /** A plain form and `fetch` both follow the redirect. */
  @Post()
  @RequireCaptcha({ action: 'signup', validate: SignupDto })
  @Redirect()
  @ApiResponse({ status: HttpStatus.SEE_OTHER, description: 'To the welcome page.' })
  signUp(@Body() { name }: SignupDto): HttpRedirectResponse {
    // A real application would save the account here.
    const query = new URLSearchParams({ name }).toString();
    return { url: `/welcome.html?${query}`, statusCode: HttpStatus.SEE_OTHER };
  }
}
