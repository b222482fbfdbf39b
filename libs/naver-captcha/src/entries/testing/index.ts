export { answerOf } from './answer-of.js';
export {
  type CaptchaTestChallenge,
  type CaptchaTesting,
  type CaptchaTestVerification,
} from './captcha-testing.js';
export { type CaptchaTestFailure } from './fixed-answer.js';
export { overrideCaptcha } from './override-captcha.js';
