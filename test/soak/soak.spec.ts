import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { expect, it } from '@jest/globals';

import { demoEnvironment } from '../support/demo.ts';

const PROGRAM = fileURLToPath(new URL('../support/soak-process.mjs', import.meta.url));
const VERIFICATIONS = 200_000;
const WARM_UP = 20_000;
/** Two processes share the work, as this machine has cores; what may grow is divided among them likewise. */
const PROCESSES = 2;
const MOST_GROWN_BYTES = 10 * 1024 * 1024;
/**
 * Twice maxSockets: after a reset no socket is used twice, and each may have been closed and opened anew before the
 * server sees either.
 */
const MOST_SOCKETS = 2 * 64;

interface Soaked {
  readonly outcomes: Record<string, Record<string, number>>;
  readonly complaints: readonly string[];
  readonly grownBytes: number;
  readonly mostSockets: number;
}

/** Verifies in a process of its own, against a NAVER of its own that does what is typed. */
async function soak(): Promise<Soaked> {
  let sockets = 0;
  let mostSockets = 0;
  const naver = createServer(({ url = '', socket }, response) => {
    if (url.endsWith('RIGHT')) response.end('{"result":true,"responseTime":7.5}');
    else if (url.endsWith('WRONG')) response.end('{"result":false,"responseTime":7.5}');
    else if (url.endsWith('FAULT')) response.writeHead(503).end('{"error":{"errorCode":"500"}}');
    else if (url.endsWith('PAGES')) response.end('<!doctype html><title>Be right back</title>');
    else socket.destroy();
  });
  naver.on('connection', (socket) => {
    sockets += 1;
    mostSockets = Math.max(mostSockets, sockets);
    socket.once('close', () => (sockets -= 1));
  });
  await new Promise<void>((resolve) => naver.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = naver.address() as AddressInfo;
    const counts = [VERIFICATIONS, WARM_UP].map((count) => String(count / PROCESSES));
    const child = spawn(process.execPath, ['--expose-gc', PROGRAM, `http://127.0.0.1:${port}`, ...counts], {
      env: demoEnvironment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
    const told = JSON.parse(output) as Omit<Soaked, 'mostSockets'>;
    return { ...told, mostSockets };
  } finally {
    naver.closeAllConnections();
    naver.close();
  }
}

it('verifies 200,000 answers, a tenth of them through faults, and neither grows nor mixes anything up', async () => {
  const soaked = await Promise.all(Array.from({ length: PROCESSES }, soak));

  const each = VERIFICATIONS / PROCESSES;
  const unavailable = { 'CAPTCHA_UNAVAILABLE, naver': each / 40 };
  for (const { outcomes, complaints, grownBytes, mostSockets } of soaked) {
    expect(outcomes).toEqual({
      RIGHT: { passed: each * 0.9 },
      WRONG: { wrong: each / 40 },
      FAULT: unavailable,
      RESET: unavailable,
      PAGES: unavailable,
    });
    expect(complaints).toEqual([]);
    expect(grownBytes).toBeLessThan(MOST_GROWN_BYTES / PROCESSES);
    expect(mostSockets).toBeLessThanOrEqual(MOST_SOCKETS);
  }
}, 600_000);
