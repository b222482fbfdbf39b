import { CaptchaUnavailableException } from '../errors.js';
import { storeFailure } from '../store/reported-captcha-store.js';

/**
 * Runs an operation of the store.
 * @throws CaptchaUnavailableException if the store fails: a request that cannot be counted is not let through
 */
export async function askStore<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    throw new CaptchaUnavailableException({
      origin: 'store',
      detail: storeFailure(cause),
      cause,
    });
  }
}
