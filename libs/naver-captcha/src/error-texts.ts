import type { CaptchaErrorCode, CaptchaLanguage } from './types.js';

interface CaptchaErrorText extends Readonly<Record<CaptchaLanguage, string>> {
  readonly status: number;
}

/** The status of each code, and the sentence for visitors. A wrong captcha is 400, because it is a wrong form field. */
export const CAPTCHA_ERRORS: Readonly<Record<CaptchaErrorCode, CaptchaErrorText>> = {
  CAPTCHA_MISSING: {
    status: 400,
    ko: '자동 입력 방지 문자를 입력해 주세요.',
    en: 'Please enter the characters of the captcha.',
  },
  CAPTCHA_MALFORMED: {
    status: 400,
    ko: '자동 입력 방지 문자는 영문과 숫자로만 입력해 주세요. 한글이 입력된다면 한/영 키를 눌러 주세요.',
    en: 'The captcha takes Latin letters and digits only. If Hangul appears, press the 한/영 key.',
  },
  CAPTCHA_WRONG: {
    status: 400,
    ko: '자동 입력 방지 문자가 올바르지 않습니다. 새 문자를 입력해 주세요.',
    en: 'The captcha was not entered correctly. Please try a new one.',
  },
  CAPTCHA_EXPIRED: {
    status: 400,
    ko: '자동 입력 방지 문자의 유효 시간이 지났습니다. 새 문자를 입력해 주세요.',
    en: 'The captcha has expired. Please try a new one.',
  },
  CAPTCHA_INVALID: {
    status: 400,
    ko: '자동 입력 방지 문자를 확인할 수 없습니다. 새 문자를 입력해 주세요.',
    en: 'The captcha is not valid here. Please try a new one.',
  },
  CAPTCHA_USED: {
    status: 400,
    ko: '이미 사용한 자동 입력 방지 문자입니다. 새 문자를 입력해 주세요.',
    en: 'The captcha has been used already. Please try a new one.',
  },
  CAPTCHA_WORK_REQUIRED: {
    status: 428,
    ko: '자동 입력 방지 문자를 받기 전에 브라우저가 확인 작업을 마쳐야 합니다. 잠시 기다려 주세요.',
    en: 'Your browser has to finish a short check before it gets the captcha. Please wait a moment.',
  },
  CAPTCHA_BAD_REQUEST: {
    status: 400,
    ko: '자동 입력 방지 문자를 잘못된 형식으로 요청했습니다. 사이트 관리자에게 알려 주세요.',
    en: 'This page does not request the captcha correctly. Please tell the site’s administrator.',
  },
  CAPTCHA_ORIGIN: {
    status: 403,
    ko: '이 페이지에서는 자동 입력 방지 문자를 사용할 수 없습니다. 사이트 관리자에게 알려 주세요.',
    en: 'The captcha cannot be used on this page. Please tell the site’s administrator.',
  },
  CAPTCHA_TOO_MANY: {
    status: 429,
    ko: '요청이 너무 많습니다. 잠시 후 다시 시도해 주세요.',
    en: 'Too many requests. Please try again in a moment.',
  },
  CAPTCHA_UNAVAILABLE: {
    status: 503,
    ko: '지금은 자동 입력 방지 문자를 확인할 수 없습니다. 잠시 후 다시 시도해 주세요.',
    en: 'The captcha cannot be checked right now. Please try again in a moment.',
  },
  CAPTCHA_QUOTA_EXCEEDED: {
    status: 503,
    ko: '오늘은 더 이상 자동 입력 방지 문자를 사용할 수 없습니다. 나중에 다시 시도해 주세요.',
    en: 'No more captchas are available today. Please try again later.',
  },
  CAPTCHA_MISCONFIGURED: {
    status: 500,
    ko: '자동 입력 방지 문자에 문제가 있습니다. 사이트 관리자에게 알려 주세요.',
    en: 'There is a problem with the captcha. Please tell the site’s administrator.',
  },
};
