import { Body, Controller, Module, Post } from '@nestjs/common';
import { ApiProperty, DocumentBuilder } from '@nestjs/swagger';
import { NaverCaptchaModule, RequireCaptcha } from 'nestjs-naver-captcha';
import { createDocumentWithCaptcha } from 'nestjs-naver-captcha/swagger';

import { start } from '../running-app.js';

export class SignupDto {
  @ApiProperty()
  name!: string;
}

@Controller('signup')
class SignupController {
  @Post()
  @RequireCaptcha({ action: 'signup' })
  signUp(@Body() body: SignupDto): string {
    return body.name;
  }
}

@Module({ imports: [NaverCaptchaModule.forRoot({ routes: true })], controllers: [SignupController] })
class DocumentedModule {}

/** `node document.js express`: the OpenAPI document of an application with a captcha. */
async function main(adapter: string | undefined): Promise<void> {
  const running = await start(DocumentedModule, adapter);
  const document = createDocumentWithCaptcha(running.app, new DocumentBuilder().setTitle('Shop').build());
  await running.close();
  process.stdout.write(JSON.stringify(document));
}

void main(process.argv[2]);
