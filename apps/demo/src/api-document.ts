import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { createDocumentWithCaptcha } from 'nestjs-naver-captcha/swagger';

/** Where Swagger UI is; its document is at the same with `-json`. */
export const API_PATH = 'api';

/** Serves the OpenAPI document, made at the first request for it. */
export function serveApiDocument(app: INestApplication): void {
  const config = new DocumentBuilder()
    .setTitle('캡차 데모')
    .setDescription('@RequireCaptcha()가 붙은 경로에는 캡차 답과 거절 응답이 저절로 표시됩니다.')
    .build();
  SwaggerModule.setup(API_PATH, app, () => createDocumentWithCaptcha(app, config), {
    customSiteTitle: 'API · 캡차 데모',
  });
}
