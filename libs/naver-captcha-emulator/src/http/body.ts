import type { IncomingMessage } from 'node:http';

const mostBytes = 65_536;

/** The body as text; undefined where it is longer than any order for the emulator can be. */
export async function readBody(req: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of req) {
    if (!(chunk instanceof Buffer)) continue;
    length += chunk.length;
    // The rest is read and dropped: a caller that still sends would never see the reply.
    if (length <= mostBytes) chunks.push(chunk);
  }
  return length > mostBytes ? undefined : Buffer.concat(chunks).toString();
}
