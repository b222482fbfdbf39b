import { type Browser, chromium } from 'playwright-core';

import { findChromium } from '../../scripts/find-chromium.mjs';

/** Starts the browser that `npm test` found or installed. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('No Chromium: run `node scripts/setup.mjs --browser`.');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
