import { Cluster, Redis } from 'ioredis';
import { createClient, createCluster } from 'redis';
import type { RedisCaptchaClient } from 'nestjs-naver-captcha/redis';

import { type RunningRedis, until } from './redis.ts';

/** A user's client, and how that user closes it. */
export interface ConnectedClient extends AsyncDisposable {
  readonly client: RedisCaptchaClient;
}

export interface Credentials {
  readonly password?: string;
}

const ignore = (): void => undefined;

/** Every kind of client the store takes, as its own documentation makes it. */
export const CLIENTS = {
  ioredis({ port }: RunningRedis, credentials: Credentials = {}): Promise<ConnectedClient> {
    const client = new Redis({ port, host: '127.0.0.1', disconnectTimeout: 0, ...credentials }).on(
      'error',
      ignore,
    );
    return Promise.resolve(
      closing(client, () => {
        client.disconnect();
      }),
    );
  },

  async 'node-redis'({ url }: RunningRedis, credentials: Credentials = {}): Promise<ConnectedClient> {
    const client = createClient({ url, ...credentials }).on('error', ignore);
    const connected = client.connect().catch(ignore);
    // With a wrong password it tries for ever.
    if (credentials.password === undefined) await connected;
    return closing(client, () => {
      client.destroy();
    });
  },
} as const;

/** The same for a Redis that is a cluster. */
export const CLUSTER_CLIENTS = {
  async 'ioredis Cluster'({ port }: RunningRedis): Promise<ConnectedClient> {
    const client = new Cluster([{ port, host: '127.0.0.1' }], { redisOptions: { disconnectTimeout: 0 } }).on(
      'error',
      ignore,
    );
    await until(() => Promise.resolve(client.status === 'ready'));
    return closing(client, () => {
      client.disconnect();
    });
  },

  async 'node-redis cluster'({ url }: RunningRedis): Promise<ConnectedClient> {
    const client = createCluster({ rootNodes: [{ url }] }).on('error', ignore);
    await client.connect();
    return closing(client, () => {
      client.destroy();
    });
  },
} as const;

function closing(client: RedisCaptchaClient, close: () => void): ConnectedClient {
  return {
    client,
    [Symbol.asyncDispose]() {
      close();
      return Promise.resolve();
    },
  };
}
