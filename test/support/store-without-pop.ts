import { type CaptchaStore, MemoryCaptchaStore } from 'nestjs-naver-captcha';

/** A store as a user may have written it: without pop, and counting by one whatever amount it is asked for. */
export function storeWithoutPop(memory = new MemoryCaptchaStore()): CaptchaStore {
  return {
    take: (name, { limit, ttlMs }) => memory.take(name, { limit, ttlMs }),
    release: (name) => memory.release(name),
    get: (name) => memory.get(name),
    set: (name, count, lifetime) => memory.set(name, count, lifetime),
    delete: (name) => memory.delete(name),
  };
}
