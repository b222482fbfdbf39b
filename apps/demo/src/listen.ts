import { once } from 'node:events';
import type { Server } from 'node:http';

import type { Address } from './environment.js';

/**
 * Listens, and returns the URL for a browser on this machine. Nest's own listen() would log the error of a port in use a
 * second time.
 * @throws Error in one sentence with the remedy
 */
export async function listen(server: Server, { host, port }: Address): Promise<string> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new Error(reasonOf(cause, { host, port }), { cause });
  }
  const address = server.address();
  const listening = typeof address === 'object' && address !== null ? address.port : port;
  const name = ['127.0.0.1', '0.0.0.0', '::1', '::'].includes(host) ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${listening}`;
}

function reasonOf(cause: unknown, { host, port }: Address): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is in use: stop what listens there, or set PORT.`;
    case 'EACCES':
      return `Port ${port} needs more rights than this user has: set PORT.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST ${JSON.stringify(host)} is not an address of this machine: leave it out, or set 0.0.0.0 for all addresses.`;
    default:
      return `The demo cannot listen on ${host}, port ${port}: ${String(cause)}`;
  }
}
