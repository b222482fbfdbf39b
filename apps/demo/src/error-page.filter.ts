import type { IncomingMessage } from 'node:http';

import { type ArgumentsHost, Catch, HttpException } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';

/** Replies with a page to a form that the browser posted without a script; scripts get JSON. */
@Catch(HttpException)
export class ErrorPageFilter extends BaseExceptionFilter {
  override catch(exception: HttpException, host: ArgumentsHost): void {
    const adapter = this.httpAdapterHost?.httpAdapter;
    const request = host.switchToHttp().getRequest<Pick<IncomingMessage, 'headers'>>();
    if (adapter === undefined || request.headers.accept?.includes('text/html') !== true) {
      super.catch(exception, host);
      return;
    }
    const response: unknown = host.switchToHttp().getResponse();
    adapter.setHeader(response, 'Content-Type', 'text/html; charset=utf-8');
    adapter.reply(response, pageOf(sentencesOf(exception)), exception.getStatus());
  }
}

function sentencesOf(exception: HttpException): string[] {
  if (exception.getStatus() === 404) return ['찾으시는 페이지가 없습니다.'];
  const body = exception.getResponse();
  const message: unknown = typeof body === 'object' && 'message' in body ? body.message : body;
  const texts = typeof message === 'object' && message !== null ? Object.values(message).flat() : [message];
  return texts.filter((text) => typeof text === 'string');
}

function pageOf(sentences: readonly string[]): string {
  return `<!doctype html>
<html lang="ko">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>처리하지 못했습니다 · 캡차 데모</title>
    <link rel="icon" href="/icon.svg" />
    <link rel="stylesheet" href="/style.css" />
  </head>
  <body>
    <main class="narrow">
      <div class="card">
        <h1>처리하지 못했습니다</h1>
        ${sentences.map((sentence) => `<p class="error">${escaped(sentence)}</p>`).join('\n        ')}
        <p>브라우저의 뒤로 가기를 누르면 입력하던 곳으로 돌아갑니다.</p>
        <p><a class="button" href="/">처음으로</a></p>
      </div>
    </main>
  </body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
