import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';

/** The application's Redis; `undefined` if `NAVER_CAPTCHA_REDIS_URL` is not set. */
export const REDIS = Symbol('redis');

@Module({
  providers: [{ provide: REDIS, useFactory: () => connect(process.env['NAVER_CAPTCHA_REDIS_URL']) }],
  exports: [REDIS],
})
export class RedisModule implements OnApplicationShutdown {
  constructor(@Inject(REDIS) private readonly redis: Redis | undefined) {}

  onApplicationShutdown(): void {
    this.redis?.disconnect();
  }
}

function connect(url = ''): Redis | undefined {
  if (url === '') return undefined;
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url)) {
    throw new Error('NAVER_CAPTCHA_REDIS_URL must be a redis: or rediss: URL.');
  }
  const redis = new Redis(url);
  let reachable = true;
  redis.on('ready', () => {
    reachable = true;
  });
  redis.on('error', () => {
    if (reachable)
      console.warn(
        'Redis cannot be reached; visitors cannot sign up until it answers. Check NAVER_CAPTCHA_REDIS_URL.',
      );
    reachable = false;
  });
  return redis;
}
