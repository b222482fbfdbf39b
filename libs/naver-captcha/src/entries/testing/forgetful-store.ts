import type { CaptchaStore, CaptchaStoreLimit, CaptchaStoreTaking } from '../../store/captcha-store.js';
import { MemoryCaptchaStore } from '../../store/memory-captcha-store.js';
import type { CaptchaClock } from '../../types.js';

/** A memory that can be made to forget everything between two tests. */
export class ForgetfulStore implements CaptchaStore {
  #memory: MemoryCaptchaStore;

  constructor(private readonly clock: CaptchaClock) {
    this.#memory = new MemoryCaptchaStore({ clock });
  }

  forget(): void {
    this.#memory = new MemoryCaptchaStore({ clock: this.clock });
  }

  take(name: string, limit: CaptchaStoreLimit): Promise<CaptchaStoreTaking> {
    return this.#memory.take(name, limit);
  }

  release(name: string): Promise<void> {
    return this.#memory.release(name);
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
}
