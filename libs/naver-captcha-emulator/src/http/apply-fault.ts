import type { ServerResponse } from 'node:http';
import type { EmulatorFault } from '../faults/fault.js';
import { sendHead, sendReply, type WireReply } from './wire-reply.js';

const twoMebibytes = 2_097_152;
const defaultDripMs = 100;

/** Waits until the time is over or the caller has closed the connection. */
export const wait = (ms: number, res: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      res.off('close', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    res.once('close', end);
  });

/** Sends a reply the way a fault changes it. */
export function sendFaulty(res: ServerResponse, usual: WireReply, fault: EmulatorFault): void {
  const reply = changedReply(usual, fault);
  if (fault.fault === 'drip') drip(res, reply, fault.intervalMs ?? defaultDripMs);
  else if (fault.fault === 'reset-after-headers') sendHalf(res, reply, () => res.socket?.resetAndDestroy());
  else if (fault.fault === 'truncated' && fault.abort === true) sendHalf(res, reply, () => res.socket?.end());
  else if (fault.fault === 'truncated') sendReply(res, { ...reply, body: firstHalf(reply.body) });
  else sendReply(res, reply);
}

/** The reply with the headers or the body that the fault gives it. */
function changedReply(reply: WireReply, fault: EmulatorFault): WireReply {
  if (fault.fault === 'empty') return { ...reply, body: Buffer.alloc(0), chunked: false };
  if (fault.fault === 'oversized') return { ...reply, body: padded(reply, fault.bytes ?? twoMebibytes) };
  if (fault.fault === 'wrong-content-type') {
    const label = { 'Content-Type': fault.contentType ?? 'application/octet-stream' };
    return { ...reply, headers: { ...reply.headers, ...label } };
  }
  if (fault.fault === 'wrong-result-type') {
    const body = reply.body.toString().replace(/"result":(true|false)/, '"result":"$1"');
    return { ...reply, body: Buffer.from(body) };
  }
  return reply;
}

const firstHalf = (body: Buffer): Buffer => body.subarray(0, Math.floor(body.length / 2));

/** Announces the whole body, sends half of it, then ends the connection. */
function sendHalf(res: ServerResponse, reply: WireReply, endConnection: () => void): void {
  sendHead(res, reply, reply.body.length);
  res.write(firstHalf(reply.body), endConnection);
}

function drip(res: ServerResponse, reply: WireReply, intervalMs: number): void {
  sendHead(res, reply);
  res.flushHeaders();
  const padding = Buffer.from([paddingByte(reply)]);
  let at = 0;
  const timer = setInterval(() => {
    // Spaces before JSON leave it valid, so only these are sent; media begin as usual and continue with zeros.
    res.write(reply.chunked && at < reply.body.length ? reply.body.subarray(at, at + 1) : padding);
    at += 1;
  }, intervalMs);
  res.once('close', () => {
    clearInterval(timer);
  });
}

/** A space for JSON, which stays valid; zero for media. */
const paddingByte = (reply: WireReply): number => (reply.chunked ? 0 : 0x20);

const padded = (reply: WireReply, bytes: number): Buffer =>
  Buffer.concat([reply.body, Buffer.alloc(Math.max(0, bytes - reply.body.length), paddingByte(reply))]);
