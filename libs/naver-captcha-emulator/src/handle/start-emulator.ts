import { once } from 'node:events';
import type { Server } from 'node:http';
import { EmulatorCore } from '../core/emulator-core.js';
import { makeServer } from '../http/server.js';
import type { NaverCaptchaEmulatorOptions, Settings } from '../options/options.js';
import { resolveOptions } from '../options/resolve-options.js';
import type { NaverCaptchaEmulator } from './emulator.js';
import { RunningEmulator } from './running-emulator.js';

/** The emulator cannot listen on its host and port. The message says why, in one sentence; `cause` is Node's error. */
export class EmulatorListenError extends Error {
  override readonly name = 'EmulatorListenError';
}

/**
 * Starts a server that answers like NAVER's CAPTCHA API, on loopback unless `host` says otherwise. It is for development
 * and tests: every client that reaches it can read the answers.
 *
 * @throws {EmulatorOptionsError} listing every problem with the options
 * @throws {EmulatorListenError} if the port is in use, or the address is not this machine's
 */
export async function startNaverCaptchaEmulator(
  options: NaverCaptchaEmulatorOptions = {},
): Promise<NaverCaptchaEmulator> {
  const settings = resolveOptions(options);
  const core = new EmulatorCore(settings);
  const server = makeServer(core);
  const url = await listen(server, settings);
  if (!isLoopback(settings.host)) {
    process.emitWarning(
      `The NAVER CAPTCHA emulator listens on ${settings.host}: every client that reaches ${url} can read every answer. ` +
        'Leave the option host out to listen on loopback only.',
      { code: 'NAVER_CAPTCHA_EMULATOR_HOST' },
    );
  }
  return new RunningEmulator(core, server, url);
}

async function listen(server: Server, { host, port }: Settings): Promise<string> {
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (error) {
    throw new EmulatorListenError(reasonOf(error, host, port), { cause: error });
  }
  const address = server.address();
  const listening = typeof address === 'object' && address !== null ? address.port : port;
  // 0.0.0.0 and :: mean every address; a client needs a single one.
  const reached = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${listening}`;
}

function reasonOf(error: unknown, host: string, port: number): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is in use: stop the process that uses it, or choose another port.`;
    case 'EACCES':
      return `This user may not listen on port ${port} of ${host}: choose a port above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is not an address of this machine: choose another host, like 127.0.0.1.`;
    default:
      return `The emulator cannot listen on ${host}, port ${port}: choose another host or port.`;
  }
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
