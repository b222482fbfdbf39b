import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findRedisServer } from '../../scripts/find-redis-server.mjs';

/** Runs `work` with a Redis set up as the README says: so durable that a crash forgets no used key. */
export async function withRedis(work) {
  const server = findRedisServer();
  if (server === undefined) throw new Error('No Redis: install one, or set REDIS_SERVER_PATH.');
  const folder = await mkdtemp(join(tmpdir(), 'bench-redis-'));
  const port = await freePort();
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: 'yes',
    appendfsync: 'always',
  };
  const given = Object.entries({ ...settings, 'maxmemory-policy': 'noeviction' });
  const child = spawn(
    server,
    given.flatMap(([name, value]) => [`--${name}`, String(value)]),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const end = () => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', end);
  try {
    await accepting(child);
    return await work(`redis://127.0.0.1:${port}`);
  } finally {
    process.off('exit', end);
    end();
  }
}

function accepting(child) {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (output.includes('Ready to accept connections')) resolve();
    });
    child.once('error', reject).once('exit', () => reject(new Error(`Redis ended:\n${output}`)));
  });
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
