import {
  MemoryCaptchaStore,
  NaverCaptchaModule,
  NaverCaptchaService,
  RequireCaptcha,
} from 'nestjs-naver-captcha';

import { bodyOf, oneBody, SOME_KEY, VALUE } from './answers.mjs';

/** No more than there are connections, or the pool would be larger than the load asks for. */
const AT_ONCE = 32;

/** `@RequireCaptcha()` as it comes; the quota is large and counted, as anywhere. */
export default {
  build: ({ provider, options = {}, redis }) => ({
    imports: [
      NaverCaptchaModule.forRootAsync({
        routes: true,
        useFactory: async () => ({
          clientId: 'bench',
          clientSecret: 'bench-secret',
          baseUrl: provider,
          keyTtlMs: 7_200_000,
          dailyQuota: 100_000_000,
          issueLimit: false,
          store:
            redis === undefined
              ? new MemoryCaptchaStore({ maxEntries: 10_000_000 })
              : await redisStore(redis),
          ...options,
        }),
      }),
    ],
    protect: [RequireCaptcha()],
  }),

  /** Opening a key waits until the secret is stretched: from then on no more memory is lent to that. */
  async settled(app) {
    await app.get(NaverCaptchaService, { strict: false }).verify({ key: SOME_KEY, value: VALUE });
  },

  async bodies(app, { kind, count }) {
    if (kind === 'missing') return oneBody(app, { kind });
    // Of the right length and alphabet: only the seal tells.
    if (kind === 'forged') return [bodyOf(`AQ${SOME_KEY.slice(2)}`)];
    if (kind === 'replayed') return [await usedBody(app)];
    if (kind !== 'expired') return (await keys(app, count)).map(bodyOf);
    const now = Date.now;
    Date.now = () => now() - 86_400_000;
    try {
      return (await keys(app, count)).map(bodyOf);
    } finally {
      Date.now = now;
    }
  },
};

/** As a page gets them, each sealed on its own. */
async function keys(app, count) {
  const service = app.get(NaverCaptchaService, { strict: false });
  const made = [];
  while (made.length < count) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - made.length) }, () =>
      service.createChallenge(),
    );
    for (const { key } of await Promise.all(batch)) made.push(key);
  }
  return made;
}

async function usedBody(app) {
  const [key] = await keys(app, 1);
  const { passed } = await app.get(NaverCaptchaService, { strict: false }).verify({ key, value: VALUE });
  if (!passed) throw new Error('The first use of a key was to pass.');
  return bodyOf(key);
}

async function redisStore(url) {
  const { Redis } = await import('ioredis');
  const { RedisCaptchaStore } = await import('nestjs-naver-captcha/redis');
  return new RedisCaptchaStore({ client: new Redis(url), timeoutMs: 5000 });
}
