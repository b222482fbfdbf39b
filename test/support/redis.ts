import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { findRedisServer } from '../../scripts/find-redis-server.mjs';

export interface RedisSetup {
  /** Whether it is one of a cluster, and the only one. */
  readonly cluster?: boolean;
  /** What clients must say to be let in. */
  readonly password?: string;
}

/** A real Redis on a free loopback port, as durable as Redis can be. */
export class RunningRedis implements AsyncDisposable {
  #process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly setup: RedisSetup,
  ) {}

  static async start(setup: RedisSetup = {}): Promise<RunningRedis> {
    const folder = await mkdtemp(join(tmpdir(), 'redis-'));
    const redis = new RunningRedis(await freePort(), folder, setup);
    await redis.start();
    if (setup.cluster === true) await redis.#takeAllSlots();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it anew after {@link kill}: on the same port, with what it had written down. */
  async start(): Promise<void> {
    const child = spawn(redisServer(), this.#arguments(), { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    // A test run that dies takes it along.
    const orphaned = (): boolean => child.kill('SIGKILL');
    process.once('exit', orphaned);
    child.once('close', () => process.off('exit', orphaned));
    await new Promise<void>((resolve, reject) => {
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (output.includes('Ready to accept connections')) resolve();
      });
      child.once('error', reject).once('close', () => {
        reject(new Error(`Redis ended:\n${output}`));
      });
    });
    await until(async () => /^\+PONG|^-NOAUTH/.test(await this.say('PING')));
  }

  /** It keeps its connections and says nothing. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'close');
  }

  /** Sends one command on a connection of its own, and returns the reply as it stands. */
  async say(command: string): Promise<string> {
    const socket = connect(this.port, '127.0.0.1').setEncoding('utf8');
    try {
      await once(socket, 'connect');
      socket.write(`${command}\r\n`);
      const [reply] = (await once(socket, 'data')) as [string];
      return reply;
    } finally {
      socket.destroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  #arguments(): string[] {
    const { cluster = false, password } = this.setup;
    const settings: Record<string, string> = {
      port: String(this.port),
      bind: '127.0.0.1',
      dir: this.folder,
      save: '',
      appendonly: 'yes',
      appendfsync: 'always',
      'maxmemory-policy': 'noeviction',
      ...(password === undefined ? {} : { requirepass: password }),
      ...(cluster ? { 'cluster-enabled': 'yes', 'cluster-announce-ip': '127.0.0.1' } : {}),
    };
    return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  }

  async #takeAllSlots(): Promise<void> {
    await this.say('CLUSTER ADDSLOTSRANGE 0 16383');
    await until(async () => (await this.say('CLUSTER INFO')).includes('cluster_state:ok'));
  }
}

/** Looks again and again until it holds; a throw is a no. */
export async function until(holds: () => Promise<boolean>, withinMs = 10_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const held = await holds().catch(() => false);
    if (held) return;
    if (performance.now() > deadline) throw new Error(`It did not come about within ${withinMs} ms.`);
    await wait(10);
  }
}

function redisServer(): string {
  const path = findRedisServer();
  if (path === undefined) throw new Error('No Redis server: run `node scripts/setup.mjs --redis`.');
  return path;
}

/** One that leaves room for the port of a cluster's bus, 10,000 above. */
async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    server.close();
    await once(server, 'close');
    if (typeof address === 'object' && address !== null && address.port < 55_000) return address.port;
  }
}
