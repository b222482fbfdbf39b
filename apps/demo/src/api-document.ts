import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { createDocumentWithCaptcha } from 'nestjs-naver-captcha/swagger';

/** The path of Swagger UI; the document is at the same path with `-json` appended. */
export const API_PATH = 'api';

/** Serves the OpenAPI document. The first request for it creates it. */
export function serveApiDocument(app: INestApplication): void {
  const config = new DocumentBuilder()
    .setTitle('캡차 데모')
    .setDescription('@RequireCaptcha()가 붙은 경로에는 캡차 답과 거절 응답이 저절로 표시됩니다.')
    .build();
  SwaggerModule.setup(API_PATH, app, () => createDocumentWithCaptcha(app, config), {
    customSiteTitle: 'API · 캡차 데모',
  });
}
