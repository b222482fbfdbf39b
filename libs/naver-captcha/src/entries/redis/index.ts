export { RedisCaptchaStore, type RedisCaptchaStoreOptions } from './redis-captcha-store.js';
export { RedisCaptchaStoreError, type RedisCaptchaStoreFailure } from './redis-captcha-store.error.js';
export {
  type IoredisCaptchaClient,
  type NodeRedisCaptchaClient,
  type RedisCaptchaClient,
} from './redis-client.js';
