import type { IncomingMessage, ServerResponse } from 'node:http';

import { API_PATH } from './api-document.js';

const POLICY = [
  "default-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');

/** Swagger UI needs inline styles, and `data:` pictures in its style sheets; its scripts are files. */
const API_PAGE_POLICY = `${POLICY}; style-src 'self' 'unsafe-inline'; img-src 'self' data:`;
const API_PAGE = new RegExp(`^/${API_PATH}(?:/|/index[.]html)?(?:[?]|$)`);

/** `default-src 'self'` is enough for <naver-captcha>. */
export function securityHeaders(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const isApiPage = API_PAGE.test(request.url ?? '');
  response.setHeader('Content-Security-Policy', isApiPage ? API_PAGE_POLICY : POLICY);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  next();
}
