import { CaptchaStoreError } from '../../store/captcha-store.js';

/**
 * Why Redis could not be asked: `timeout` (no answer in time), `overload` (too many answers outstanding), `error`
 * (Redis or the client refused), `reply` (an answer that makes no sense).
 */
export type RedisCaptchaStoreFailure = 'timeout' | 'overload' | 'error' | 'reply';

/**
 * Redis could not be asked. Nothing is known: the operation may have been carried out, or may still be. Holds neither
 * the client's error nor an address, for those can hold a password. Not covered: mistakes in the store's options,
 * which are a `TypeError` or a `RangeError`.
 */
export class RedisCaptchaStoreError extends CaptchaStoreError {
  override readonly name = 'RedisCaptchaStoreError';

  constructor(
    readonly failure: RedisCaptchaStoreFailure,
    message: string,
  ) {
    super(message);
  }
}
