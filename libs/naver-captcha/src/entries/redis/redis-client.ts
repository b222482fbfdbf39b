import type { RedisScript } from './scripts.js';

/** What is used of an ioredis `Redis` or `Cluster`. */
export interface IoredisCaptchaClient {
  evalsha(sha1: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
  eval(source: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
}

/** What is used of what node-redis makes with `createClient`, `createClientPool`, `createCluster` or `createSentinel`. */
export interface NodeRedisCaptchaClient {
  evalSha(sha1: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  eval(source: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/** A client of either kind. Described by what it does, so that nobody needs the package they do not use. */
export type RedisCaptchaClient = IoredisCaptchaClient | NodeRedisCaptchaClient;

/** Two ways to have the same script carried out: by the name Redis remembers it under, and in full. */
export interface ScriptRunner {
  byName(script: RedisScript, key: string, parameters: readonly string[]): Promise<unknown>;
  inFull(script: RedisScript, key: string, parameters: readonly string[]): Promise<unknown>;
}

/** @throws TypeError where the client is neither ioredis nor node-redis */
export function scriptRunner(client: RedisCaptchaClient): ScriptRunner {
  if (has(client, 'evalsha')) {
    return {
      byName: ({ sha1 }, key, parameters) => client.evalsha(sha1, 1, key, ...parameters),
      inFull: ({ source }, key, parameters) => client.eval(source, 1, key, ...parameters),
    };
  }
  if (has(client, 'evalSha')) {
    return {
      byName: ({ sha1 }, key, parameters) =>
        client.evalSha(sha1, { keys: [key], arguments: [...parameters] }),
      inFull: ({ source }, key, parameters) =>
        client.eval(source, { keys: [key], arguments: [...parameters] }),
    };
  }
  throw new TypeError(
    'RedisCaptchaStore needs a client: an ioredis Redis or Cluster, or what node-redis makes with createClient or ' +
      'createCluster.',
  );
}

type WithMethod<Method extends string> = Extract<RedisCaptchaClient, Record<Method, unknown>>;

function has<Method extends 'evalsha' | 'evalSha'>(
  client: unknown,
  method: Method,
): client is WithMethod<Method> {
  return typeof client === 'object' && client !== null && typeof Reflect.get(client, method) === 'function';
}
