import { CaptchaStoreError } from '../../store/captcha-store.js';

/**
 * Why an operation failed: `timeout` (Redis did not answer within `timeoutMs`), `overload` (too many commands are
 * pending), `error` (Redis or its client reported an error), `reply` (the reply was not a count).
 */
export type RedisCaptchaStoreFailure = 'timeout' | 'overload' | 'error' | 'reply';

/**
 * An operation of the store failed; Redis may have carried it out, or may still do so. It contains neither the client's
 * error nor an address, because those can contain a password. Not covered: invalid options of the store, which throw a
 * `TypeError` or a `RangeError`.
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
