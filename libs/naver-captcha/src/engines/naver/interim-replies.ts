import type { Socket } from 'node:net';

const CONTINUE = Buffer.from('HTTP/1.1 100', 'latin1');
const END = Buffer.from('\r\n\r\n', 'latin1');
/** More than any such reply has. */
const MAX_BYTES = 1024;
const NOTHING = Buffer.alloc(0);

/**
 * Takes each `100 Continue` out of what arrives on a socket, because undici ends a request that gets one without asking
 * for it. Undici itself passes over the other 1xx replies.
 */
export function dropContinue(socket: Socket): void {
  const read = socket.read.bind(socket);
  let held: Buffer = NOTHING;
  socket.read = (size?: number): unknown => {
    for (;;) {
      const chunk: unknown = read(size);
      if (!Buffer.isBuffer(chunk)) return chunk;
      const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const rest = afterContinue(bytes);
      held = rest === undefined ? bytes : NOTHING;
      if (rest !== undefined && rest.length > 0) return rest;
    }
  };
}

/** What follows the 100 replies at the start of the bytes. Returns undefined while the bytes may still become one. */
function afterContinue(bytes: Buffer): Buffer | undefined {
  let rest = bytes;
  for (;;) {
    const known = Math.min(rest.length, CONTINUE.length);
    if (known === 0 || rest.compare(CONTINUE, 0, known, 0, known) !== 0) return rest;
    const end = rest.indexOf(END);
    if (end === -1) return rest.length < MAX_BYTES ? undefined : rest;
    rest = rest.subarray(end + END.length);
  }
}
