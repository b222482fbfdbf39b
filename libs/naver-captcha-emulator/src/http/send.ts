import type { ServerResponse } from 'node:http';
import type { WireReply } from './wire-reply.js';

/** Headers and nothing more. `length` promises a body of that many bytes; without it the body comes in chunks. */
export function sendHead(res: ServerResponse, reply: WireReply, length?: number): void {
  res.writeHead(reply.status, {
    ...reply.headers,
    ...(length === undefined ? {} : { 'Content-Length': String(length) }),
  });
}

export function sendReply(res: ServerResponse, reply: WireReply): void {
  sendHead(res, reply, reply.chunked ? undefined : reply.body.length);
  res.end(reply.body);
}
