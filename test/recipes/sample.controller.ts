import { BadRequestException, Controller, Get, Header, Query, StreamableFile } from '@nestjs/common';
import { CaptchaExpiredException, CaptchaInvalidException, NaverCaptchaClient } from 'nestjs-naver-captcha';

@Controller('captcha')
export class SampleController {
  constructor(private readonly naver: NaverCaptchaClient) {}

  @Get('nkey')
  @Header('Cache-Control', 'no-store')
  async nkey(): Promise<{ key: string }> {
    return { key: await this.naver.issueKey('image') };
  }

  @Get('image')
  @Header('Cache-Control', 'no-store')
  async image(@Query('key') key: unknown): Promise<StreamableFile> {
    const { contentType, body } = await this.naver.fetchMedia('image', checked(key, /^[A-Za-z0-9]{8,32}$/));
    return new StreamableFile(body, { type: contentType, length: body.length });
  }

  @Get('result')
  @Header('Cache-Control', 'no-store')
  async result(
    @Query('key') key: unknown,
    @Query('value') value: unknown,
  ): Promise<{ result: boolean; responseTime?: number }> {
    const compared = await this.naver.compare(
      'image',
      checked(key, /^[A-Za-z0-9]{8,32}$/),
      checked(value, /^[A-Za-z0-9]{1,16}$/),
    );
    if (compared.result === 'unknown-key') throw new CaptchaExpiredException();
    if (compared.result === 'never-fetched') throw new CaptchaInvalidException();
    const { result, responseTimeSeconds } = compared;
    return {
      result: result === 'right',
      ...(responseTimeSeconds === undefined ? {} : { responseTime: responseTimeSeconds }),
    };
  }
}

function checked(given: unknown, pattern: RegExp): string {
  if (typeof given === 'string' && pattern.test(given)) return given;
  throw new BadRequestException();
}
