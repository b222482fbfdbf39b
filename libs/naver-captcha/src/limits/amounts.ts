import type { CaptchaStore, CaptchaStoreLimit } from '../store/captcha-store.js';

/** Takes so much, all of it or nothing. @returns false if that exceeds the limit */
export async function takeAmount(
  store: CaptchaStore,
  name: string,
  limit: Omit<CaptchaStoreLimit, 'amount'>,
  amount: number,
): Promise<boolean> {
  if (store.pop !== undefined) return (await store.take(name, { ...limit, amount })).taken;
  // A store without pop does not know amounts either.
  for (let one = 0; one < amount; one += 1) {
    if ((await store.take(name, limit)).taken) continue;
    await releaseAmount(store, name, one);
    return false;
  }
  return true;
}

/** Releases so much; a store without pop is asked once for each. */
export async function releaseAmount(store: CaptchaStore, name: string, amount: number): Promise<void> {
  if (store.pop !== undefined) await store.release(name, amount);
  else for (let one = 0; one < amount; one += 1) await store.release(name);
}
