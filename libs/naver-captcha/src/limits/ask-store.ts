import { CaptchaUnavailableException, nameOf } from '../errors.js';

/** A store that fails is an outage: what cannot be counted is not let through. */
export async function askStore<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    throw new CaptchaUnavailableException({
      origin: 'store',
      detail: `The captcha store cannot be asked (${nameOf(cause)}).`,
      cause,
    });
  }
}
