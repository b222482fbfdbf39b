import 'reflect-metadata';

import { once } from 'node:events';
import type { Server } from 'node:http';

import { createApp } from './create-app.js';
import { startEmulatorWithoutCredentials } from './emulator.js';

async function main(): Promise<void> {
  const port = readPort(process.env['PORT']);
  const emulator = await startEmulatorWithoutCredentials(process.env);
  const app = await createApp(process.env['DEMO_ADAPTER']).catch(async (error: unknown) => {
    await emulator?.close();
    throw error;
  });

  const server = app.getHttpServer();
  try {
    await listen(server, port);
  } catch (error) {
    await app.close();
    await emulator?.close();
    throw error;
  }

  const address = server.address();
  const actualPort = typeof address === 'object' && address !== null ? address.port : port;
  console.log(`Demo:     http://localhost:${actualPort}`);
  console.log(
    emulator === undefined
      ? 'CAPTCHA:  NAVER, with the credentials from the environment'
      : `CAPTCHA:  emulator at ${emulator.url} (no NAVER credentials in the environment; the answers are shown there)`,
  );

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void Promise.all([app.close(), emulator?.close()]);
    });
  }
}

/** Nest's own listen() would log the error of a port in use a second time. */
async function listen(server: Server, port: number): Promise<void> {
  server.listen(port);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EADDRINUSE') {
      throw new Error(`Port ${port} is in use: stop what listens there, or set PORT.`, { cause });
    }
    if (code === 'EACCES') {
      throw new Error(`Port ${port} needs more rights than this user has: set PORT.`, { cause });
    }
    throw cause;
  }
}

function readPort(text = '3000'): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new Error('PORT must be a whole number from 0 to 65535.');
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
