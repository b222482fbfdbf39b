import 'reflect-metadata';

import { createApp } from './create-app.js';
import { startEmulatorWithoutCredentials } from './emulator.js';
import { readAddress, trimEnvironment } from './environment.js';
import { listen } from './listen.js';

async function main(): Promise<void> {
  trimEnvironment(process.env);
  const address = readAddress(process.env);
  const emulator = await startEmulatorWithoutCredentials(process.env);
  const app = await createApp(process.env['DEMO_ADAPTER']).catch(async (error: unknown) => {
    await emulator?.close();
    throw error;
  });

  try {
    console.log(`Demo:     ${await listen(app.getHttpServer(), address)}`);
  } catch (error) {
    await app.close();
    await emulator?.close();
    throw error;
  }
  console.log(
    emulator === undefined
      ? 'CAPTCHA:  NAVER, with the credentials from the environment'
      : `CAPTCHA:  emulator at ${emulator.url} (no NAVER credentials in the environment; the answers are shown there)`,
  );

  let ending: Promise<unknown> | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      ending ??= Promise.all([app.close(), emulator?.close()]);
    });
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
