import rangeParser from 'range-parser';

import type { CaptchaMedia } from '../types.js';
import type { RouteReply } from './route-reply.js';

/** The status, the headers and the part of a picture or sound to send. */
export interface MediaReply extends RouteReply {
  readonly status: 200 | 206 | 416;
  readonly body: Buffer;
}

/** A range of two numbers is far shorter; parsing a long list of them costs milliseconds, and it gets the whole anyway. */
const MAX_RANGE_LENGTH = 256;

/** Players request sounds in ranges. One range is sent as asked; a request for several gets the whole. */
export function mediaReply({ contentType, body }: CaptchaMedia, range: string | undefined): MediaReply {
  const headers = {
    'Content-Type': contentType,
    'Accept-Ranges': 'bytes',
    'X-Content-Type-Options': 'nosniff',
    // If a browser opens the URL as a page, nothing in it may run.
    'Content-Security-Policy': 'sandbox',
  };
  const isParsed = range !== undefined && range.length <= MAX_RANGE_LENGTH;
  const parsed = !isParsed ? -2 : rangeParser(body.length, range, { combine: true });
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
