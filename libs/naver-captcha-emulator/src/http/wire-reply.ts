import type { ServerResponse } from 'node:http';

/** A reply ready to be sent, before a fault changes it. */
export interface WireReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** NAVER sends media in chunks, everything else with its length (documented). */
  readonly chunked: boolean;
}

export const wireReply = (
  status: number,
  contentType: string,
  body: string | Buffer,
  chunked = false,
): WireReply => ({
  status,
  headers: { 'Content-Type': contentType, 'Cache-Control': 'no-store' },
  body: typeof body === 'string' ? Buffer.from(body) : body,
  chunked,
});

/** Sends only the headers. `length` announces a body of that many bytes; without it the body comes in chunks. */
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
