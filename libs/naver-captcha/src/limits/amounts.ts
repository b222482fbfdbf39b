import type { CaptchaStore, CaptchaStoreLimit, CaptchaStoreTaking } from '../store/captcha-store.js';

/** Takes so much, all of it or nothing. */
export async function takeAmount(
  store: CaptchaStore,
  name: string,
  limit: Omit<CaptchaStoreLimit, 'amount'>,
  amount: number,
): Promise<CaptchaStoreTaking> {
  if (store.pop !== undefined) return store.take(name, { ...limit, amount });
  // A store without pop does not know amounts either.
  let taking: CaptchaStoreTaking = { taken: true, count: 0 };
  for (let one = 0; one < amount && taking.taken; one += 1) {
    taking = await store.take(name, limit);
    if (!taking.taken) await releaseAmount(store, name, one);
  }
  return taking;
}

/** Releases so much; a store without pop is asked once for each. */
export async function releaseAmount(store: CaptchaStore, name: string, amount: number): Promise<void> {
  if (store.pop !== undefined) await store.release(name, amount);
  else for (let one = 0; one < amount; one += 1) await store.release(name);
}
