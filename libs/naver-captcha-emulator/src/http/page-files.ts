import { css, html, script } from './page.data.js';
import { wireReply, type WireReply } from './wire-reply.js';

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "media-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function asset(contentType: string, body: string): WireReply {
  const reply = wireReply(200, contentType, body);
  return {
    ...reply,
    headers: {
      ...reply.headers,
      'Content-Security-Policy': policy,
      'Referrer-Policy': 'no-referrer',
    },
  };
}

export const pageReply = (): WireReply => asset('text/html; charset=utf-8', html);
export const styleReply = (): WireReply => asset('text/css; charset=utf-8', css);
export const scriptReply = (): WireReply => asset('text/javascript; charset=utf-8', script);
