import * as library from 'nestjs-naver-captcha';

import { oneBody } from './answers.mjs';

const EXCEPTIONS = {
  CAPTCHA_MISSING: library.CaptchaMissingException,
  CAPTCHA_INVALID: library.CaptchaInvalidException,
  CAPTCHA_EXPIRED: library.CaptchaExpiredException,
  CAPTCHA_USED: library.CaptchaUsedException,
};

/** The least that a refusal can cost: Nest parses the body, the handler throws, Nest answers. */
export default {
  build: ({ code }) => {
    const Exception = EXCEPTIONS[code];
    return {
      handle: () => {
        throw new Exception();
      },
    };
  },
  bodies: oneBody,
};
