import { Redis } from 'ioredis';
import { type RedisCaptchaClient, RedisCaptchaStore } from 'nestjs-naver-captcha/redis';
import { createClient } from 'redis';

/** A limit of one, taken twice. */
async function takings(client: RedisCaptchaClient): Promise<unknown[]> {
  // Whether this machine is busy is not the matter here.
  const store = new RedisCaptchaStore({ client, timeoutMs: 10_000 });
  const limit = { limit: 1, ttlMs: 60_000 };
  const taken = [await store.take('key', limit), await store.take('key', limit)];
  await store.delete('key');
  return [...taken, await store.get('key')];
}

/** `node redis.js redis://…`: what the store was told through each client, as JSON. */
async function main(url: string): Promise<void> {
  const ioredis = new Redis(url);
  const nodeRedis = await createClient({ url }).connect();
  const told = { ioredis: await takings(ioredis), nodeRedis: await takings(nodeRedis) };
  ioredis.disconnect();
  nodeRedis.destroy();
  process.stdout.write(JSON.stringify(told));
}

void main(process.argv[2] ?? '');
