import type { ServerResponse } from 'node:http';
import type { Delivery } from '../faults/delivery.js';
import { sendHead, sendReply } from './send.js';
import { filler } from './spoil.js';
import type { WireReply } from './wire-reply.js';

/** Puts a reply on the wire, the way a fault lets it. */
export function deliver(res: ServerResponse, reply: WireReply, delivery: Delivery): void {
  const half = reply.body.subarray(0, Math.floor(reply.body.length / 2));
  switch (delivery.way) {
    case 'whole':
      sendReply(res, reply);
      return;
    case 'cut':
      sendReply(res, { ...reply, body: half });
      return;
    case 'abort':
      sendHead(res, reply, reply.body.length);
      res.write(half, () => res.socket?.end());
      return;
    case 'reset':
      sendHead(res, reply, reply.body.length);
      res.write(half, () => res.socket?.resetAndDestroy());
      return;
    case 'drip':
      drip(res, reply, delivery.intervalMs);
      return;
  }
}

function drip(res: ServerResponse, reply: WireReply, intervalMs: number): void {
  sendHead(res, reply);
  res.flushHeaders();
  const drop = Buffer.from([filler(reply)]);
  let at = 0;
  const timer = setInterval(() => {
    // JSON is preceded by spaces without end; media begins as it should and goes on with zeros.
    res.write(reply.chunked && at < reply.body.length ? reply.body.subarray(at, at + 1) : drop);
    at += 1;
  }, intervalMs);
  res.once('close', () => {
    clearInterval(timer);
  });
}
