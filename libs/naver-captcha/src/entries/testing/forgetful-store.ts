import { attemptsName } from '../../limits/attempts.js';
import type { CaptchaStore, CaptchaStoreLimit, CaptchaStoreTaking } from '../../store/captcha-store.js';
import { MemoryCaptchaStore } from '../../store/memory-captcha-store.js';
import { MEDIA_KINDS, type CaptchaClock, type ResolvedCaptchaOptions } from '../../types.js';
import { USED_UP_PAYLOAD } from './fixed-answer.js';

/** A memory store that a test can reset. One challenge has no attempts left from the start, for `CAPTCHA_USED`. */
export class ForgetfulStore implements CaptchaStore {
  #memory: MemoryCaptchaStore;

  constructor(
    private readonly clock: CaptchaClock,
    private readonly options: ResolvedCaptchaOptions,
  ) {
    this.#memory = this.#newMemory();
  }

  forget(): void {
    this.#memory = this.#newMemory();
  }

  take(name: string, limit: CaptchaStoreLimit): Promise<CaptchaStoreTaking> {
    return this.#memory.take(name, limit);
  }

  release(name: string, amount?: number): Promise<void> {
    return this.#memory.release(name, amount);
  }

  get(name: string): Promise<number> {
    return this.#memory.get(name);
  }

  set(name: string, count: number, lifetime: { readonly ttlMs: number }): Promise<void> {
    return this.#memory.set(name, count, lifetime);
  }

  delete(name: string): Promise<void> {
    return this.#memory.delete(name);
  }

  pop(name: string): Promise<number> {
    return this.#memory.pop(name);
  }

  #newMemory(): MemoryCaptchaStore {
    const memory = new MemoryCaptchaStore({ clock: this.clock });
    for (const kind of MEDIA_KINDS) {
      const challenge = { engine: 'naver', kind, payload: USED_UP_PAYLOAD } as const;
      const name = attemptsName('attempt', challenge, this.options);
      void memory.set(name, this.options.maxAttempts, { ttlMs: Infinity });
    }
    return memory;
  }
}
