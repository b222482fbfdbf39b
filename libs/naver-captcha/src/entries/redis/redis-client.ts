import { isObject } from '../../unknown-values.js';
import type { RedisScript } from './scripts.js';

/** The methods that the store calls on an ioredis `Redis` or `Cluster`. */
export interface IoredisCaptchaClient {
  evalsha(sha1: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
  eval(source: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
}

/**
 * The methods that the store calls on a node-redis client, from `createClient`, `createClientPool`, `createCluster` or
 * `createSentinel`.
 */
export interface NodeRedisCaptchaClient {
  evalSha(sha1: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  eval(source: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/** A client of either package, described by its methods, so that an application installs only the one it uses. */
export type RedisCaptchaClient = IoredisCaptchaClient | NodeRedisCaptchaClient;

/** Two ways to run the same script: by the hash under which Redis remembers it, and by its source. */
export interface ScriptRunner {
  byHash(script: RedisScript, key: string, parameters: readonly string[]): Promise<unknown>;
  bySource(script: RedisScript, key: string, parameters: readonly string[]): Promise<unknown>;
}

/** @throws TypeError if the client is neither ioredis nor node-redis */
export function scriptRunner(client: RedisCaptchaClient): ScriptRunner {
  if (has(client, 'evalsha')) {
    return {
      byHash: ({ sha1 }, key, parameters) => client.evalsha(sha1, 1, key, ...parameters),
      bySource: ({ source }, key, parameters) => client.eval(source, 1, key, ...parameters),
    };
  }
  if (has(client, 'evalSha')) {
    return {
      byHash: ({ sha1 }, key, parameters) =>
        client.evalSha(sha1, { keys: [key], arguments: [...parameters] }),
      bySource: ({ source }, key, parameters) =>
        client.eval(source, { keys: [key], arguments: [...parameters] }),
    };
  }
  throw new TypeError(
    'client of RedisCaptchaStore must be an ioredis Redis or Cluster, or a node-redis client made with createClient, ' +
      'createClientPool, createCluster or createSentinel.',
  );
}

type WithMethod<Method extends string> = Extract<RedisCaptchaClient, Record<Method, unknown>>;

function has<Method extends 'evalsha' | 'evalSha'>(
  client: unknown,
  method: Method,
): client is WithMethod<Method> {
  return isObject(client) && typeof client[method] === 'function';
}
