// node bench/work/browser.mjs [--runs 15]: what work costs a visitor's browser, and what it costs an attacker.
import { createHash, pbkdf2, pbkdf2Sync, randomBytes, randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { cpus } from 'node:os';
import { parseArgs, promisify } from 'node:util';

import { chromium } from 'playwright-core';

import { findChromium } from '../../scripts/find-chromium.mjs';
import { table } from '../support/table.mjs';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '15' } } });
const RUNS = Number(values.runs);
const PHONE = 4;
/** The costs that the server asks for: one part for a calm household, two for a toll. */
const PRICES = [
  { name: 'calm', parts: 1, counters: 1000, limitMs: 300, phoneLimitMs: 1200 },
  ...[1, 2, 3, 4, 5].map((level) => ({
    name: `toll ${level}`,
    parts: 2,
    counters: 400 * 2 ** (level - 1),
    limitMs: 4000,
    phoneLimitMs: 15_000,
  })),
];

const solver = readFileSync(new URL('../../libs/naver-captcha-widget/dist/solver.min.js', import.meta.url));
const server = createServer((request, response) => {
  const isSolver = request.url === '/solver.js';
  response.setHeader('content-type', isSolver ? 'text/javascript' : 'text/html');
  response.end(isSolver ? solver : '<!doctype html><title>work</title>');
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}`;
const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
try {
  const page = await browser.newPage();
  await page.goto(url);
  const session = await page.context().newCDPSession(page);
  const rows = [];
  for (const price of PRICES) {
    await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
    const here = await measure(page, price, price.counters);
    await session.send('Emulation.setCPUThrottlingRate', { rate: PHONE });
    const phone = await measure(page, price, price.counters * PHONE);
    const nativeMs = await attack(price);
    rows.push([
      price.name,
      text(here, price.limitMs),
      text(phone, price.phoneLimitMs),
      String(here.longTasks + phone.longTasks),
      `${nativeMs.toFixed(0)} ms`,
      (here.medianMs / nativeMs).toFixed(1),
    ]);
    // Each at once, so that an interruption loses nothing.
    console.error(rows.at(-1).join(' | '));
  }
  console.log(
    `${cpus().length} cores, Chromium ${browser.version()}, Node.js ${process.version}, ${RUNS} runs each`,
  );
  const head = ['price', 'desktop', 'phone', 'long tasks', 'native code, all cores', 'browser / native'];
  console.log(table(head, rows));
} finally {
  await browser.close();
  server.close();
}

async function measure(page, { parts }, counters) {
  const puzzles = Array.from({ length: RUNS }, () => makePuzzle(parts, counters));
  const { times, longTasks, wrong } = await page.evaluate(async (made) => {
    const { solve } = await import('/solver.js');
    let seen = 0;
    const observer = new PerformanceObserver((list) => (seen += list.getEntries().length));
    observer.observe({ type: 'longtask' });
    const took = [];
    let failed = 0;
    for (const { puzzle, value } of made) {
      const begun = performance.now();
      if ((await solve(puzzle)) !== value) failed++;
      took.push(performance.now() - begun);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    observer.disconnect();
    return { times: took, longTasks: seen, wrong: failed };
  }, puzzles);
  if (wrong > 0) throw new Error(`The solver gave ${wrong} wrong values.`);
  const sorted = times.sort((one, other) => one - other);
  return { medianMs: at(sorted, 0.5), p90Ms: at(sorted, 0.9), longTasks };
}

function at(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

function text({ medianMs, p90Ms }, limitMs) {
  const verdict = medianMs <= limitMs ? '' : ` (over ${limitMs} ms)`;
  return `${medianMs.toFixed(0)} / ${p90Ms.toFixed(0)} ms${verdict}`;
}

/** The time for half of the counters, which is the average, on all cores: libuv's threads run OpenSSL's code. */
async function attack({ parts, counters }) {
  const derive = promisify(pbkdf2);
  const salt = randomBytes(16);
  const tries = (parts * counters) / 2;
  let left = tries;
  const begun = performance.now();
  const lane = async () => {
    while (left-- > 0) await derive(randomBytes(20), salt, 1000, 32, 'sha256');
  };
  await Promise.all(Array.from({ length: cpus().length * 2 }, lane));
  return performance.now() - begun;
}

function makePuzzle(count, counters) {
  const made = Array.from({ length: count }, () => {
    const nonce = randomBytes(16);
    const salt = randomBytes(16);
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(randomInt(counters));
    const derived = pbkdf2Sync(Buffer.concat([nonce, counter]), salt, 1000, 32, 'sha256');
    const keyPrefix = derived.toString('hex', 0, 16);
    return {
      part: {
        parameters: { cost: 1000, keyPrefix, nonce: nonce.toString('hex'), salt: salt.toString('hex') },
      },
      half: derived.subarray(16),
    };
  });
  const halves = Buffer.concat(made.map(({ half }) => half));
  const value = count === 1 ? halves : createHash('sha256').update(halves).digest().subarray(0, 16);
  return { puzzle: { parts: made.map(({ part }) => part), counters }, value: value.toString('hex') };
}
