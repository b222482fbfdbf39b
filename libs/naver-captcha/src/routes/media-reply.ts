import rangeParser from 'range-parser';

import type { CaptchaMedia } from '../types.js';

/** The status, the headers and the part of a picture or sound to send. */
export interface MediaReply {
  readonly status: 200 | 206 | 416;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Players request sounds in ranges. One range is sent as asked; a request for several gets the whole. */
export function mediaReply({ contentType, body }: CaptchaMedia, range: string | undefined): MediaReply {
  const headers = {
    'Content-Type': contentType,
    'Accept-Ranges': 'bytes',
    'X-Content-Type-Options': 'nosniff',
    // If a browser opens the URL as a page, nothing in it may run.
    'Content-Security-Policy': 'sandbox',
    'Cross-Origin-Resource-Policy': 'same-origin',
  };
  const parsed = range === undefined ? -2 : rangeParser(body.length, range, { combine: true });
  if (parsed === -1) {
    return {
      status: 416,
      headers: { ...headers, 'Content-Range': `bytes */${body.length}` },
      body: Buffer.alloc(0),
    };
  }
  const [piece, ...others] = parsed === -2 || parsed.type !== 'bytes' ? [] : parsed;
  if (piece === undefined || others.length > 0) return { status: 200, headers, body };
  const { start, end } = piece;
  return {
    status: 206,
    headers: { ...headers, 'Content-Range': `bytes ${start}-${end}/${body.length}` },
    body: body.subarray(start, end + 1),
  };
}
