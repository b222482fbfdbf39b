import { Controller, Get, Header, HttpCode, Post, Query, StreamableFile } from '@nestjs/common';
import { type CaptchaChallenge, NaverCaptchaService } from 'nestjs-naver-captcha';

@Controller('captcha')
export class CaptchaController {
  constructor(private readonly captcha: NaverCaptchaService) {}

  @Post()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  createChallenge(): Promise<CaptchaChallenge> {
    return this.captcha.createChallenge({ action: 'signup' });
  }

  @Get('media')
  @Header('Cache-Control', 'no-store')
  @Header('X-Content-Type-Options', 'nosniff')
  async fetchMedia(@Query('key') key: string): Promise<StreamableFile> {
    const { contentType, body } = await this.captcha.fetchMedia(key);
    return new StreamableFile(body, { type: contentType, length: body.length });
  }
}
