export {
  type CaptchaHealth,
  CaptchaHealthIndicator,
  type CaptchaHealthOptions,
  type CaptchaHealthProblem,
} from './captcha-health.indicator.js';
export { type CaptchaCredentialsState } from './known-credentials.js';
