import type { EmulatorFault } from '../faults/fault.js';
import type { WireReply } from './wire-reply.js';

const twoMebibytes = 2_097_152;

/** The reply with what a fault does to its label or its body. */
export function spoil(reply: WireReply, fault: EmulatorFault | undefined): WireReply {
  if (fault?.fault === 'empty') return { ...reply, body: Buffer.alloc(0), chunked: false };
  if (fault?.fault === 'oversized') return { ...reply, body: padded(reply, fault.bytes ?? twoMebibytes) };
  if (fault?.fault === 'wrong-content-type') {
    const label = { 'Content-Type': fault.contentType ?? 'application/octet-stream' };
    return { ...reply, headers: { ...reply.headers, ...label } };
  }
  if (fault?.fault === 'wrong-result-type') {
    const body = reply.body.toString().replace(/"result":(true|false)/, '"result":"$1"');
    return { ...reply, body: Buffer.from(body) };
  }
  return reply;
}

/** Byte a body can be lengthened with: JSON stays JSON. */
export const filler = (reply: WireReply): number => (reply.chunked ? 0 : 0x20);

const padded = (reply: WireReply, bytes: number): Buffer =>
  Buffer.concat([reply.body, Buffer.alloc(Math.max(0, bytes - reply.body.length), filler(reply))]);
